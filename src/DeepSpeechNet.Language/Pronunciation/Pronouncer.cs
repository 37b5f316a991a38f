using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>
/// Says how words are spoken, those too that no dictionary has: a small network learnt from a pronouncing dictionary (<see cref="PronouncerTrainer"/>), kept as
/// tensors <c>pronouncer.*</c> of a model file. One thread at a time.
/// </summary>
public sealed class Pronouncer
{
    /// <summary>The file's name in a folder of its own.</summary>
    public const string FileName = "pronouncer.safetensors";

    private const string OptionsKey = "pronouncer", PhonesKey = "pronouncer.phones";
    private const int BatchSize = 256;

    private readonly HostBatch _host = new();
    private readonly Tape _tape;

    internal Pronouncer(PronouncingNetwork network, IReadOnlyList<string> phones)
    {
        Network = network;
        Phones = phones;
        _tape = new Tape(network.Device, recording: false);
    }

    /// <summary>The phones in the order of their labels.</summary>
    public IReadOnlyList<string> Phones { get; }

    /// <summary>Where the network runs.</summary>
    public Device Device => Network.Device;

    /// <summary>Weights of the network.</summary>
    public long ParameterCount => Network.Parameters.TrainedCount;

    internal PronouncingNetwork Network { get; }

    /// <summary>Whether it can say a word: letters a to z and apostrophes.</summary>
    public static bool CanSay(ReadOnlySpan<char> word) => WordList.IsWord(word);

    /// <summary>How each word is spoken, by the best path.</summary>
    /// <param name="words">Words that <see cref="CanSay"/> likes.</param>
    /// <exception cref="ArgumentException">A word has another character.</exception>
    public IReadOnlyList<SpokenWord> Say(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        foreach (string word in words)
        {
            if (!CanSay(word))
                throw new ArgumentException($"'{word}' cannot be pronounced: words have letters a to z and apostrophes alone.", nameof(words));
        }

        SpokenWord[] said = new SpokenWord[words.Count];
        int[] order = [.. Enumerable.Range(0, words.Count).OrderBy(i => words[i].Length)];
        for (int start = 0; start < order.Length; start += BatchSize)
            SayBatch(words, order.AsSpan(start, Math.Min(BatchSize, order.Length - start)), said);
        return said;
    }

    /// <summary>Saves it into a folder (made if it is not there), atomically.</summary>
    /// <exception cref="FileSaveException">It could not be saved; what was there is unchanged.</exception>
    public void Save(string folder, WeightFormat format = WeightFormat.Float32)
    {
        TensorFileWriter writer = new();
        AddTo(writer, format);
        Directory.CreateDirectory(folder);
        writer.Save(Path.Combine(folder, FileName));
    }

    /// <summary>Adds it to a file that may hold other models too.</summary>
    public void AddTo(TensorFileWriter writer, WeightFormat format)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.SetMetadata(OptionsKey, JsonSerializer.Serialize(Network.Options, PronouncerJson.Default.PronouncerOptions));
        writer.SetMetadata(PhonesKey, string.Join(' ', Phones));
        ParameterTensors.Add(writer, Network.Parameters, format);
    }

    /// <summary>Loads one.</summary>
    /// <param name="path">A folder with <see cref="FileName"/>, or a model file that holds one.</param>
    /// <param name="device">Where the network is to run.</param>
    /// <exception cref="FileNotFoundException">There is none; the message says where it was looked for.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or holds none, or its weights do not fit its network.</exception>
    public static Pronouncer Load(string path, Device device)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no pronouncer at {path}: give a folder that holds {FileName}, or the file itself.", file);
        using TensorFile tensors = TensorFile.Read(file);
        return ReadFrom(tensors, device);
    }

    /// <summary>Whether a file holds one.</summary>
    public static bool IsIn(TensorFile tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return tensors.Metadata.ContainsKey(OptionsKey);
    }

    /// <summary>Reads it from a file that may hold other models too.</summary>
    /// <exception cref="ModelFormatException">The file holds none, or its weights do not fit its network.</exception>
    public static Pronouncer ReadFrom(TensorFile tensors, Device device)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(device);
        if (!tensors.Metadata.TryGetValue(OptionsKey, out string? text) || !tensors.Metadata.TryGetValue(PhonesKey, out string? names))
            throw new ModelFormatException(tensors.Name, $"metadata '{OptionsKey}'", "is missing: the file holds no pronouncer");
        string[] phones = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            PronouncerOptions options = JsonSerializer.Deserialize(text, PronouncerJson.Default.PronouncerOptions)!;
            options.Validate();
            CheckSize(tensors, options);
            PronouncingNetwork network = new(device, options, phones.Length, seed: null, training: false);
            ParameterTensors.Read(tensors, network.Parameters, PronouncingNetwork.Prefix);
            return new Pronouncer(network, phones);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ModelFormatException(tensors.Name, $"metadata '{OptionsKey}'", $"cannot be read ({e.Message})", e);
        }
    }

    /// <summary>Compares what the options would take with what the file holds before any of it is allocated: a damaged number must not cost gigabytes.</summary>
    private static void CheckSize(TensorFile tensors, PronouncerOptions options)
    {
        long held = ParameterTensors.Count(tensors, PronouncingNetwork.Prefix);
        double needed = 6.0 * options.Hidden * options.Hidden * options.Layers;
        if (needed > held)
            throw new ArgumentException($"it describes a network of at least {needed:F0} weights, but the file holds {held}: copy it again");
    }

    private void SayBatch(IReadOnlyList<string> words, ReadOnlySpan<int> batch, SpokenWord[] said)
    {
        List<int> starts = [];
        string[] mine = new string[batch.Length];
        for (int b = 0; b < mine.Length; b++)
            mine[b] = words[batch[b]];
        _host.Clear();
        Network.AddWords(_host, mine);
        DeviceBatch device = _host.Upload(Network.Device);
        try
        {
            Tensor logits = Network.Logits(_tape, device.Tensors[0], device.Tensors[1]);
            float[] values = new float[logits.Count];
            Network.Device.Download(logits, MemoryMarshal.AsBytes(values.AsSpan()));
            for (int b = 0; b < mine.Length; b++)
            {
                starts.Clear();
                int[] phones = BestPath.Labels(values, b, mine.Length, Network.Steps(mine[b]), Network.Classes, starts);
                int[] byLetter = new int[mine[b].Length];
                for (int letter = 0; letter < byLetter.Length; letter++)
                    byLetter[letter] = starts.Count(start => start < Network.EndOf(letter));
                said[batch[b]] = new SpokenWord(phones, byLetter);
            }
        }
        finally
        {
            _tape.Reset();
            device.Release();
        }
    }
}

/// <summary>Writes and reads the JSON of a pronouncer's metadata.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PronouncerOptions))]
internal sealed partial class PronouncerJson : JsonSerializerContext;
