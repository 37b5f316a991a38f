using System.Text.Json;
using System.Text.Json.Serialization;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// A trained neural language model in a file of the safetensors layout: weights under <c>ROOT.rnn.*</c>, its shape and training record as JSON strings in the
/// metadata, its alphabet there too, or its vocabulary as a byte tensor. It stands alone (<c>language.safetensors</c> in a folder, ROOT <c>language</c>), or in
/// another model's file, which may hold a second one under another root.
/// </summary>
public static class LanguageModelPackage
{
    /// <summary>The file's name in a folder of its own.</summary>
    public const string FileName = "language.safetensors";

    /// <summary>What the names of a model that stands alone begin with.</summary>
    public const string DefaultRoot = "language";

    /// <summary>Saves a model into a folder (made if it is not there), atomically.</summary>
    /// <exception cref="FileSaveException">It could not be saved; what was there is unchanged.</exception>
    public static void Save(string folder, NeuralLanguageModel model, LanguageModelDescription description, WeightFormat format = WeightFormat.Float32)
    {
        TensorFileWriter writer = new();
        AddTo(writer, model, description, format);
        Directory.CreateDirectory(folder);
        writer.Save(Path.Combine(folder, FileName));
    }

    /// <summary>Adds a model to a file that holds others too.</summary>
    public static void AddTo(TensorFileWriter writer, NeuralLanguageModel model, LanguageModelDescription description, WeightFormat format, string root = DefaultRoot)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(description);
        writer.SetMetadata(OptionsKey(root), JsonSerializer.Serialize(description.Options, LanguagePackageJson.Default.NeuralLanguageModelOptions));
        writer.SetMetadata(TrainingKey(root), JsonSerializer.Serialize(description.Training, LanguagePackageJson.Default.LanguageTrainingRecord));
        if (description.Tokens is WordTokens words)
        {
            byte[] vocabulary = words.Vocabulary.ToBytes();
            writer.Add<byte>(VocabularyTensor(root), [vocabulary.Length], vocabulary);
        }
        else
        {
            writer.SetMetadata(AlphabetKey(root), ((CharacterTokens)description.Tokens).Alphabet.Symbols);
        }

        if (description.Options.Output == OutputLayer.Hierarchical)
            writer.Add<long>(CountsTensor(root), [model.Counts!.Length], model.Counts);
        ParameterTensors.Add(writer, model.Parameters, format, name => Renamed(name, root));
    }

    /// <summary>Loads a model.</summary>
    /// <param name="path">A folder with <see cref="FileName"/>, or the file itself.</param>
    /// <param name="device">Where the network is to run.</param>
    /// <exception cref="FileNotFoundException">There is no model; the message says where it was looked for.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, holds no such model, or its weights do not fit its network.</exception>
    public static (NeuralLanguageModel Model, LanguageModelDescription Description) Load(string path, Device device)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no language model at {path}: give a folder that holds {FileName}, or the file itself.", file);
        using TensorFile tensors = TensorFile.Read(file);
        return ReadFrom(tensors, device);
    }

    /// <summary>Whether a file holds a neural language model under a root.</summary>
    public static bool IsIn(TensorFile tensors, string root = DefaultRoot)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return tensors.Metadata.ContainsKey(OptionsKey(root));
    }

    /// <summary>The shape of the model under a root.</summary>
    /// <exception cref="ModelFormatException">There is none, or it cannot be read.</exception>
    public static NeuralLanguageModelOptions OptionsIn(TensorFile tensors, string root = DefaultRoot)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return Parse(tensors, OptionsKey(root), LanguagePackageMetadata.Options);
    }

    /// <summary>Reads the model from a file that may hold others too.</summary>
    /// <exception cref="ModelFormatException">The file holds no such model, or its weights do not fit its network.</exception>
    public static (NeuralLanguageModel Model, LanguageModelDescription Description) ReadFrom(TensorFile tensors, Device device, string root = DefaultRoot)
    {
        NeuralLanguageModelOptions options = OptionsIn(tensors, root);
        LanguageModelDescription description = new()
        {
            Options = options,
            Tokens = options.Unit == LanguageUnit.Words
                ? new WordTokens(Vocabulary.FromBytes(tensors.Elements<byte>(VocabularyTensor(root)), tensors.Name))
                : new CharacterTokens(Parse(tensors, AlphabetKey(root), text => new Alphabet(text))),
            Training = Parse(tensors, TrainingKey(root), LanguagePackageMetadata.Training),
        };
        CheckSize(tensors, root, options, description.Tokens.Count);
        NeuralLanguageModel model = new(device, options, description.Tokens.Count, description.Tokens.End, seed: null, counts: Counts(tensors, root, options, description.Tokens.Count));
        ParameterTensors.Read(tensors, model.Parameters, WeightPrefix(root), name => Renamed(name, root));
        return (model, description);
    }

    /// <summary>What the names of the weights under a root begin with.</summary>
    public static string WeightPrefix(string root) => $"{root}.rnn.";

    private static string OptionsKey(string root) => $"{root}.rnn";

    private static string AlphabetKey(string root) => $"{root}.rnn.alphabet";

    private static string TrainingKey(string root) => $"{root}.rnn.training";

    private static string VocabularyTensor(string root) => $"{root}.vocabulary";

    private static string CountsTensor(string root) => $"{root}.counts";

    private static string Renamed(string parameter, string root) => $"{WeightPrefix(root)}{parameter.AsSpan(NeuralLanguageModel.Prefix.Length)}";

    /// <summary>Compares what the description would take with what the file holds before any of it is allocated: a damaged number must not cost gigabytes.</summary>
    private static void CheckSize(TensorFile tensors, string root, NeuralLanguageModelOptions options, int tokens)
    {
        double rows = options.OneHot ? Math.Pow(tokens, options.Context) : tokens;
        double gates = (double)options.Gates * options.Hidden;
        double needed = (rows * (options.OneHot ? gates : options.Embedding)) + (options.Layers * (options.Network == LanguageNetwork.Recurrent ? gates * options.Hidden : 0));
        long held = ParameterTensors.Count(tensors, WeightPrefix(root));
        if (needed > held)
            throw new ModelFormatException(tensors.Name, $"metadata '{OptionsKey(root)}'", $"describes a network of at least {needed:F0} weights, but the file holds {held}: it is damaged, copy it again");
    }

    /// <summary>What a tree of softmaxes is made from.</summary>
    private static long[]? Counts(TensorFile tensors, string root, NeuralLanguageModelOptions options, int tokens)
    {
        if (options.Output != OutputLayer.Hierarchical)
            return null;
        long[] counts = tensors.Elements<long>(CountsTensor(root)).ToArray();
        if (counts.Length != tokens || Array.Exists(counts, c => c < 0))
            throw new ModelFormatException(tensors.Name, $"tensor '{CountsTensor(root)}'", $"does not give a count for each of the {tokens} symbols");
        return counts;
    }

    private static T Parse<T>(TensorFile tensors, string key, Func<string, T> parse)
        where T : class
    {
        if (!tensors.Metadata.TryGetValue(key, out string? text))
            throw new ModelFormatException(tensors.Name, $"metadata '{key}'", "is missing: the file holds no neural language model");
        try
        {
            return parse(text);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFormatException(tensors.Name, $"metadata '{key}'", $"cannot be read ({e.Message})", e);
        }
    }
}

/// <summary>The JSON strings of a language model's metadata, read; <see cref="LanguagePackageJson"/> writes them.</summary>
internal static class LanguagePackageMetadata
{
    /// <exception cref="JsonException">The text is not what a network's shape is written as.</exception>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static NeuralLanguageModelOptions Options(string text)
    {
        using JsonFields fields = new(text);
        NeuralLanguageModelOptions otherwise = new();
        NeuralLanguageModelOptions read = new()
        {
            Unit = (LanguageUnit)fields.Name(nameof(NeuralLanguageModelOptions.Unit), otherwise.Unit),
            Network = (LanguageNetwork)fields.Name(nameof(NeuralLanguageModelOptions.Network), otherwise.Network),
            Cell = (CellKind)fields.Name(nameof(NeuralLanguageModelOptions.Cell), otherwise.Cell),
            Layers = fields.Whole(nameof(NeuralLanguageModelOptions.Layers), otherwise.Layers),
            Hidden = fields.Whole(nameof(NeuralLanguageModelOptions.Hidden), otherwise.Hidden),
            Embedding = fields.Whole(nameof(NeuralLanguageModelOptions.Embedding), otherwise.Embedding),
            Context = fields.Whole(nameof(NeuralLanguageModelOptions.Context), otherwise.Context),
            TiedEmbeddings = fields.Flag(nameof(NeuralLanguageModelOptions.TiedEmbeddings), otherwise.TiedEmbeddings),
            Dropout = fields.Single(nameof(NeuralLanguageModelOptions.Dropout), otherwise.Dropout),
            Output = (OutputLayer)fields.Name(nameof(NeuralLanguageModelOptions.Output), otherwise.Output),
            Samples = fields.Whole(nameof(NeuralLanguageModelOptions.Samples), otherwise.Samples),
        };
        fields.RefuseOthers();
        read.Validate();
        return read;
    }

    /// <exception cref="JsonException">The text is not what a training record is written as.</exception>
    public static LanguageTrainingRecord Training(string text)
    {
        using JsonFields fields = new(text);
        LanguageTrainingRecord otherwise = new();
        LanguageTrainingRecord read = new()
        {
            Command = fields.Text(nameof(LanguageTrainingRecord.Command), otherwise.Command),
            Epochs = fields.Whole(nameof(LanguageTrainingRecord.Epochs), otherwise.Epochs),
            Steps = fields.Long(nameof(LanguageTrainingRecord.Steps), otherwise.Steps),
            Tokens = fields.Long(nameof(LanguageTrainingRecord.Tokens), otherwise.Tokens),
            ValidPerplexity = fields.Number(nameof(LanguageTrainingRecord.ValidPerplexity), otherwise.ValidPerplexity),
        };
        fields.RefuseOthers();
        return read;
    }
}

/// <summary>Writes the JSON of a language model's metadata.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(NeuralLanguageModelOptions))]
[JsonSerializable(typeof(LanguageTrainingRecord))]
internal sealed partial class LanguagePackageJson : JsonSerializerContext;
