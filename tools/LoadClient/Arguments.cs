using System.Globalization;

namespace DeepSpeechNet.LoadClient;

/// <summary>What the command line says.</summary>
internal sealed class Arguments(string[] arguments)
{
    /// <summary>The server's live path.</summary>
    public Uri Address { get; } = new(arguments[0]);

    /// <summary>Where the clips lie.</summary>
    public string Folder { get; } = arguments[1];

    public bool Has(string name) => Array.IndexOf(arguments, name) >= 0;

    public string Text(string name, string otherwise) => Array.IndexOf(arguments, name) is int at and >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;

    public int Number(string name, int otherwise) => int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
