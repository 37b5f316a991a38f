using System.Text.Json;
using DeepSpeechNet.Audio.Augmentation;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>Reads what <c>--augment</c> and <c>--noise</c> name.</summary>
internal static class AugmentationArguments
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The settings: <c>default</c>, or a JSON file; none where nothing is to be changed.</summary>
    /// <exception cref="UsageException">The file cannot be read as settings.</exception>
    public static AugmentationOptions? Options(string? argument)
    {
        if (argument is null)
            return null;
        if (argument == "default")
            return new AugmentationOptions();
        try
        {
            AugmentationOptions options = JsonSerializer.Deserialize<AugmentationOptions>(File.ReadAllText(argument), Json)
                ?? throw new UsageException($"{argument} holds no augmentation settings.");
            options.Validate();
            return options;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"{argument}: {e.Message}");
        }
    }

    /// <summary>The noise clips that paths name: recordings, or manifests (.tsv) whose paths are recordings.</summary>
    public static IReadOnlyList<float[]> Noises(IReadOnlyList<string> paths, int sampleRate)
    {
        List<float[]> noises = [];
        foreach (string path in paths)
        {
            IEnumerable<string> files = Path.GetExtension(path) == ".tsv" ? NoiseManifest(path) : [path];
            foreach (string file in files)
                noises.Add(AudioFile.ReadMono(file, sampleRate).Samples);
        }

        return noises;
    }

    /// <summary>The path column of a noise manifest, which has no texts.</summary>
    private static IEnumerable<string> NoiseManifest(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] lines = File.ReadAllLines(path);
        int column = lines.Length == 0 ? -1 : Array.IndexOf(lines[0].Split('\t'), "path");
        return column >= 0
            ? lines.Skip(1).Where(line => line.Length > 0).Select(line => Path.Combine(folder, line.Split('\t')[column]))
            : throw new CorpusException(path, 1, "has no column called path");
    }
}
