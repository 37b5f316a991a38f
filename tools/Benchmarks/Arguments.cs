namespace DeepSpeechNet.Benchmarks;

/// <summary>The options of a benchmark: <c>--name value</c> pairs.</summary>
internal sealed class Arguments
{
    private readonly string[] _args;

    public Arguments(string[] args) => _args = args;

    public bool Has(string name) => Array.IndexOf(_args, name) >= 0;

    public string Text(string name, string fallback)
    {
        int at = Array.IndexOf(_args, name);
        if (at < 0)
            return fallback;
        return at + 1 < _args.Length ? _args[at + 1] : throw new ArgumentException($"{name} needs a value.");
    }

    public int Integer(string name, int fallback) => int.Parse(Text(name, fallback.ToString()));
}
