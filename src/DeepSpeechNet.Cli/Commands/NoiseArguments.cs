using System.CommandLine;
using System.Globalization;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>The options that name noise recordings, and reading them.</summary>
internal sealed class NoiseArguments
{
    private readonly Option<string[]> _noise = new("--noise") { Description = "Noise recordings to mix in: files, or manifests of them.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _part = new("--noise-part") { Description = "Use this part of each noise recording alone, as shares of its length: 0-0.67 to train with, say, and 0.67-1 to measure with." };

    public void AddTo(Command command)
    {
        command.Add(_noise);
        command.Add(_part);
    }

    /// <summary>The noise clips asked for, at a sample rate; none if none are named.</summary>
    /// <exception cref="UsageException">The part is no part, or leaves nothing of a recording.</exception>
    public IReadOnlyList<float[]> Read(ParseResult parsed, int sampleRate)
    {
        (double from, double to) = Part(parsed.GetValue(_part));
        List<float[]> noises = [];
        foreach (string path in parsed.GetValue(_noise) ?? [])
        {
            IEnumerable<string> files = Path.GetExtension(path) == ".tsv" ? Manifest(path) : [path];
            foreach (string file in files)
            {
                float[] samples = AudioFile.ReadMono(file, sampleRate, OptionalAudio.Reading).Samples;
                float[] part = samples[(int)(from * samples.Length)..(int)(to * samples.Length)];
                noises.Add(part.Length > 0 ? part : throw new UsageException($"{file}: nothing is left of this noise; give a longer recording or another --noise-part."));
            }
        }

        return noises;
    }

    private static (double From, double To) Part(string? argument)
    {
        if (argument is null)
            return (0, 1);
        string[] bounds = argument.Split('-');
        return bounds.Length == 2
            && double.TryParse(bounds[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double from)
            && double.TryParse(bounds[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double to)
            && from < to && to <= 1
            ? (from, to)
            : throw new UsageException($"--noise-part is '{argument}'; it must be two rising shares from 0 to 1, such as 0-0.67.");
    }

    /// <summary>The path column of a noise manifest, which has no texts.</summary>
    private static IEnumerable<string> Manifest(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] lines = File.ReadAllLines(path);
        int column = lines.Length == 0 ? -1 : Array.IndexOf(lines[0].Split('\t'), "path");
        return column >= 0
            ? lines.Skip(1).Where(line => line.Length > 0).Select(line => Path.Combine(folder, line.Split('\t')[column]))
            : throw new CorpusException(path, 1, "has no column called path");
    }
}
