using System.Text.Json;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Speech;

/// <summary>
/// A trained recogniser as one file in the safetensors layout (<c>model.safetensors</c> in a folder with its model card): weights under their dotted names,
/// alphabet, front end, network, decoder and training record as JSON strings in the metadata. Nothing in it is code.
/// </summary>
public static class ModelPackage
{
    /// <summary>The file's name in a package folder.</summary>
    public const string FileName = "model.safetensors";

    private const string AlphabetKey = "alphabet", FrontEndKey = "front_end", AcousticKey = "acoustic", DecoderKey = "decoder", TrainingKey = "training";

    /// <summary>Saves a recogniser into a folder (made if it is not there), atomically.</summary>
    /// <exception cref="FileSaveException">It could not be saved; what was there is unchanged.</exception>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The network.</param>
    /// <param name="description">What belongs to it.</param>
    /// <param name="format">How weights are stored.</param>
    /// <param name="pronouncer">How words are spoken, for a network with as many phones; or null.</param>
    /// <exception cref="ArgumentException">The network has another number of phones than the pronouncer.</exception>
    public static void Save(string folder, AcousticModel model, ModelDescription description, WeightFormat format = WeightFormat.Float32, Pronouncer? pronouncer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(description);
        if (pronouncer is not null && pronouncer.Phones.Count != description.Acoustic.Phones)
            throw new ArgumentException($"The network has {description.Acoustic.Phones} phones and the pronouncer {pronouncer.Phones.Count}: train both with dictionaries of the same phones.", nameof(pronouncer));
        TensorFileWriter writer = new();
        writer.SetMetadata(AlphabetKey, description.Alphabet.Symbols);
        writer.SetMetadata(FrontEndKey, JsonSerializer.Serialize(description.FrontEnd, PackageJson.Default.FrontEndOptions));
        writer.SetMetadata(AcousticKey, JsonSerializer.Serialize(description.Acoustic, PackageJson.Default.AcousticModelOptions));
        writer.SetMetadata(DecoderKey, JsonSerializer.Serialize(description.Decoder, PackageJson.Default.DecoderSettings));
        writer.SetMetadata(TrainingKey, JsonSerializer.Serialize(description.Training, PackageJson.Default.TrainingRecord));
        ParameterTensors.Add(writer, model.Parameters, format);
        pronouncer?.AddTo(writer, format);
        Directory.CreateDirectory(folder);
        writer.Save(Path.Combine(folder, FileName));
    }

    /// <summary>Puts other decoder settings into a model file, atomically; all else in it stays as it is, bit by bit.</summary>
    /// <param name="path">A package folder, or the model file itself.</param>
    /// <param name="settings">The settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or is no recogniser.</exception>
    /// <exception cref="FileSaveException">It could not be saved; what was there is unchanged.</exception>
    public static void SaveDecoder(string path, DecoderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        string file = FileOf(path);
        using TensorFile tensors = TensorFile.Read(file);
        Describe(file, tensors);
        TensorFileWriter writer = new();
        foreach ((string key, string value) in tensors.Metadata)
        {
            // The format's own entries are the writer's to make.
            if (!key.StartsWith("dsn.", StringComparison.Ordinal) && key != DecoderKey)
                writer.SetMetadata(key, value);
        }

        writer.SetMetadata(DecoderKey, JsonSerializer.Serialize(settings, PackageJson.Default.DecoderSettings));
        foreach (TensorEntry entry in tensors.Tensors)
            writer.Add(entry.Name, entry.Type, entry.Shape.AsSpan(), () => tensors.Bytes(entry.Name));
        writer.Save(file);
    }

    /// <summary>Loads a recogniser.</summary>
    /// <param name="path">A package folder, or the model file itself.</param>
    /// <param name="device">Where the network is to run.</param>
    /// <param name="training">Whether it will be trained on.</param>
    /// <exception cref="FileNotFoundException">There is no model; the message says where it was looked for.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, of another format version, or its weights do not fit its network.</exception>
    public static (AcousticModel Model, ModelDescription Description) Load(string path, Device device, bool training = false)
    {
        string file = FileOf(path);
        using TensorFile tensors = TensorFile.Read(file);
        ModelDescription description = Describe(file, tensors);
        AcousticModel model = new(device, description.Acoustic, FeatureCount(file, description.FrontEnd), description.Alphabet.ClassCount, seed: null, training);
        ParameterTensors.Read(tensors, model.Parameters, "acoustic.");
        return (model, description);
    }

    /// <summary>Loads how words are spoken. The file's data is not checked again: <see cref="Load"/> has done so.</summary>
    /// <param name="path">A package folder, or the model file itself.</param>
    /// <param name="device">Where the pronouncer is to run.</param>
    /// <returns>Null where the package does not know.</returns>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="ModelFormatException">The pronouncer does not fit its description.</exception>
    public static Pronouncer? LoadPronouncer(string path, Device device)
    {
        using TensorFile tensors = TensorFile.Map(FileOf(path), new TensorFileOptions { VerifyData = false });
        return Pronouncer.IsIn(tensors) ? Pronouncer.ReadFrom(tensors, device) : null;
    }

    /// <summary>Reads what a model file says of itself, without building the network.</summary>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or of another format version.</exception>
    public static (ModelDescription Description, long Parameters, long Bytes) Inspect(string path)
    {
        string file = FileOf(path);
        using TensorFile tensors = TensorFile.Read(file);
        return (Describe(file, tensors), ParameterTensors.Count(tensors, ""), new FileInfo(file).Length);
    }

    /// <summary>The model file that a path means.</summary>
    /// <param name="path">A package folder, or the model file itself.</param>
    /// <exception cref="FileNotFoundException">There is no model; the message says where it was looked for.</exception>
    public static string FileOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        return File.Exists(file) ? file : throw new FileNotFoundException($"There is no model at {path}: give a folder that holds {FileName}, or the file itself.", file);
    }

    private static ModelDescription Describe(string file, TensorFile tensors)
    {
        ModelDescription description = new()
        {
            Alphabet = Parse(file, tensors, AlphabetKey, text => new Alphabet(text)),
            FrontEnd = Parse(file, tensors, FrontEndKey, PackageMetadata.FrontEnd),
            Acoustic = Parse(file, tensors, AcousticKey, PackageMetadata.Acoustic),
            Decoder = Parse(file, tensors, DecoderKey, PackageMetadata.Decoder),
            Training = Parse(file, tensors, TrainingKey, PackageMetadata.Training),
        };
        Check(file, FrontEndKey, description.FrontEnd.Validate);
        Check(file, AcousticKey, description.Acoustic.Validate);
        Check(file, DecoderKey, description.Decoder.Validate);
        return description;
    }

    private static T Parse<T>(string file, TensorFile tensors, string key, Func<string, T> parse)
        where T : class
    {
        if (!tensors.Metadata.TryGetValue(key, out string? text))
            throw new ModelFormatException(file, $"metadata '{key}'", "is missing: this is no recogniser of DeepSpeechNet");
        try
        {
            return parse(text);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFormatException(file, $"metadata '{key}'", $"cannot be read ({e.Message})", e);
        }
    }

    private static void Check(string file, string key, Action validate)
    {
        try
        {
            validate();
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(file, $"metadata '{key}'", $"has a setting out of range ({e.Message})", e);
        }
    }

    private static int FeatureCount(string file, FrontEndOptions options)
    {
        int features = 0;
        Check(file, FrontEndKey, () => features = new FeatureExtractor(options).FeatureCount);
        return features;
    }
}
