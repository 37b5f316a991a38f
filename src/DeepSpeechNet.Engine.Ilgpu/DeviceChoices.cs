using System.Text;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>
/// What measurements said of processors and cards, kept in a file so that <c>auto</c> need not measure each time: a line each, the two of them, a tab, and
/// which was faster. A file that cannot be read or written only means that it is measured again.
/// </summary>
/// <param name="path">The file; its folder is made when something is kept.</param>
internal sealed class DeviceChoices(string path)
{
    private const string Card = "gpu", Processor = "cpu";

    /// <summary>The user's own.</summary>
    public static DeviceChoices OfUser { get; } =
        new(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "DeepSpeechNet", "devices.txt"));

    /// <summary>Whether the card was faster; null where that was not measured.</summary>
    /// <param name="pair">The processor and the card, on one line.</param>
    public bool? CardIsFaster(string pair) => Read().Find(line => line.Pair == pair) switch
    {
        (not null, Card) => true,
        (not null, Processor) => false,
        _ => null,
    };

    /// <summary>Keeps what was measured.</summary>
    public void Keep(string pair, bool cardIsFaster)
    {
        List<(string Pair, string Choice)> lines = Read();
        lines.RemoveAll(line => line.Pair == pair);
        lines.Add((pair, cardIsFaster ? Card : Processor));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{line.Pair}\t{line.Choice}\n")))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FileSaveException or ArgumentException)
        {
            // It is measured again next time.
        }
    }

    private List<(string Pair, string Choice)> Read()
    {
        try
        {
            return [.. File.ReadAllLines(path).Select(line => line.Split('\t')).Where(parts => parts is [_, Card or Processor]).Select(parts => (parts[0], parts[1]))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
