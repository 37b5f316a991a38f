using System.Text.Json;
using System.Text.Json.Serialization;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// What a corrector consists of but for the language model, kept as one file: the channel (<c>correction.channel.*</c>), the words
/// (<c>correction.words</c>, <c>correction.word_counts</c>) and how they are weighed (<c>correction</c> in the metadata).
/// </summary>
/// <param name="Channel">How letters meant come out.</param>
/// <param name="Words">Words and their frequencies.</param>
/// <param name="Options">How they are weighed.</param>
public sealed record CorrectionPackage(ChannelModel Channel, WordList Words, CorrectionOptions Options)
{
    /// <summary>The file's name in a package folder.</summary>
    public const string FileName = "spelling.safetensors";

    private const string OptionsKey = "correction";

    /// <summary>Loads a package.</summary>
    /// <param name="path">A package folder, or the file itself.</param>
    /// <exception cref="FileNotFoundException">There is none; the message says where it was looked for.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or of another kind.</exception>
    public static CorrectionPackage Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no spelling corrector at '{path}': give the folder of one, or make one with 'dsn train spelling'.", path);
        using TensorFile tensors = TensorFile.Read(file);
        return Read(tensors);
    }

    /// <summary>Saves a package into a folder (made if it is not there), atomically.</summary>
    /// <exception cref="FileSaveException">It could not be saved; what was there is unchanged.</exception>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        Writer().Save(Path.Combine(folder, FileName));
    }

    internal TensorFileWriter Writer()
    {
        TensorFileWriter writer = new();
        writer.SetMetadata(OptionsKey, JsonSerializer.Serialize(Options, CorrectionJson.Default.CorrectionOptions));
        Channel.Write(writer);
        Words.Write(writer);
        return writer;
    }

    internal static CorrectionPackage Read(TensorFile tensors)
    {
        if (!tensors.Metadata.TryGetValue(OptionsKey, out string? json))
            throw new ModelFormatException(tensors.Name, $"metadata '{OptionsKey}'", "is missing: the file holds no spelling corrector");
        CorrectionOptions options;
        try
        {
            options = ReadOptions(json);
            options.Validate();
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFormatException(tensors.Name, $"metadata '{OptionsKey}'", $"cannot be used: {e.Message.TrimEnd('.')}", e);
        }

        return new CorrectionPackage(ChannelModel.Read(tensors), WordList.Read(tensors), options);
    }

    /// <summary>The options in JSON; what an older package does not say is as usual.</summary>
    private static CorrectionOptions ReadOptions(string json)
    {
        using JsonFields fields = new(json);
        CorrectionOptions usual = new();
        CorrectionOptions options = new()
        {
            LanguageWeight = fields.Single(nameof(usual.LanguageWeight), usual.LanguageWeight),
            EditPenalty = fields.Single(nameof(usual.EditPenalty), usual.EditPenalty),
            WordPenalty = fields.Single(nameof(usual.WordPenalty), usual.WordPenalty),
            SingleWordWeight = fields.Single(nameof(usual.SingleWordWeight), usual.SingleWordWeight),
            SingleWordEditPenalty = fields.Single(nameof(usual.SingleWordEditPenalty), usual.SingleWordEditPenalty),
            WordBonus = fields.Single(nameof(usual.WordBonus), usual.WordBonus),
            NovelWordShare = fields.Single(nameof(usual.NovelWordShare), usual.NovelWordShare),
            BeamWidth = fields.Whole(nameof(usual.BeamWidth), usual.BeamWidth),
            Threshold = fields.Single(nameof(usual.Threshold), usual.Threshold),
            NeuralWeight = fields.Single(nameof(usual.NeuralWeight), usual.NeuralWeight),
            RescoredTexts = fields.Whole(nameof(usual.RescoredTexts), usual.RescoredTexts),
            Alternatives = fields.Whole(nameof(usual.Alternatives), usual.Alternatives),
        };
        fields.RefuseOthers();
        return options;
    }
}

/// <summary>The options of a corrector in JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = false)]
[JsonSerializable(typeof(CorrectionOptions))]
internal sealed partial class CorrectionJson : JsonSerializerContext;
