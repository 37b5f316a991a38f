using System.Text.Json;
using DeepSpeechNet.Audio.Augmentation;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>Reads what <c>--augment</c> names.</summary>
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
}
