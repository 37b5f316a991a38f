using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Packages;

/// <summary>
/// The language models of one package: an n-gram model (tensor <c>language.ngram</c>), a neural model (<c>language.rnn.*</c>), or
/// both, in a file of the safetensors layout, which may be an acoustic model's own. Safe for several threads at once; each takes a
/// <see cref="NeuralSession"/> of its own.
/// </summary>
public sealed class LanguagePackage : IDisposable
{
    /// <summary>The file's name in a package folder.</summary>
    public const string FileName = "model.safetensors";

    /// <summary>The tensor of an n-gram model's binary form.</summary>
    public const string NGramTensor = "language.ngram";

    private readonly TensorFile? _tensors;
    private readonly Lock _lock = new();
    private readonly Dictionary<Alphabet, WordTrie> _tries = [];

    private LanguagePackage(string name, TensorFile? tensors, NGramModel? ngram)
    {
        Name = name;
        NGram = ngram;
        _tensors = tensors;
        HasNeural = tensors is not null && LanguageModelPackage.IsIn(tensors);
    }

    /// <summary>The file, for messages.</summary>
    public string Name { get; }

    /// <summary>The n-gram model over words or characters, if there is one.</summary>
    public NGramModel? NGram { get; }

    /// <summary>Whether there is a neural model.</summary>
    public bool HasNeural { get; }

    /// <summary>Loads a package.</summary>
    /// <param name="path">A folder with <see cref="FileName"/> or <see cref="LanguageModelPackage.FileName"/>, such a file, or an n-gram model (ARPA or binary).</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or holds no language model.</exception>
    public static LanguagePackage Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = path;
        if (Directory.Exists(path))
        {
            file = Path.Combine(path, FileName);
            if (!File.Exists(file)) file = Path.Combine(path, LanguageModelPackage.FileName);
        }

        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no language model at {path}: give a folder that holds {FileName}, or the file of an n-gram model.", file);
        if (!file.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return new LanguagePackage(file, null, NGramModel.Load(file));
        TensorFile tensors = TensorFile.Map(file);
        try
        {
            if (!IsIn(tensors))
                throw new ModelFormatException(file, "the file", $"holds no language model (neither a tensor '{NGramTensor}' nor a neural model)");
            return From(tensors);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file holds a language model.</summary>
    public static bool IsIn(TensorFile tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return tensors.TryGet(NGramTensor, out _) || LanguageModelPackage.IsIn(tensors);
    }

    /// <summary>The language models of a file that is open; it is closed with the package.</summary>
    /// <exception cref="ModelFormatException">They are damaged.</exception>
    public static LanguagePackage From(TensorFile tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        NGramModel? ngram = tensors.TryGet(NGramTensor, out _) ? NGramModel.FromBytes(tensors.Elements<byte>(NGramTensor), tensors.Name) : null;
        return new LanguagePackage(tensors.Name, tensors, ngram);
    }

    /// <summary>Saves models as one package into a folder (made if it is not there), atomically.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="ngram">An n-gram model, or null.</param>
    /// <param name="neural">A neural model and what belongs to it, or null.</param>
    /// <param name="format">How the weights of the neural model are stored.</param>
    /// <exception cref="ArgumentException">There is no model at all.</exception>
    /// <exception cref="FileSaveException">It could not be saved; what was there is unchanged.</exception>
    public static void Save(string folder, NGramModel? ngram, (NeuralLanguageModel Model, LanguageModelDescription Description)? neural, WeightFormat format = WeightFormat.Float16)
    {
        if (ngram is null && neural is null) throw new ArgumentException("A package of language models needs at least one.");
        TensorFileWriter writer = new();
        if (ngram is not null)
        {
            byte[] bytes = ngram.AsBytes().ToArray();
            writer.Add<byte>(NGramTensor, [bytes.Length], bytes);
        }

        if (neural is var (model, description)) LanguageModelPackage.AddTo(writer, model, description, format);
        Directory.CreateDirectory(folder);
        writer.Save(Path.Combine(folder, FileName));
    }

    /// <summary>The tree of the n-gram model's words over an alphabet; built once and kept.</summary>
    /// <exception cref="InvalidOperationException">There is no n-gram model over words.</exception>
    /// <exception cref="ArgumentException">The words cannot be written with the alphabet.</exception>
    public WordTrie TrieOf(Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        if (NGram is null || NGram.Vocabulary.HasCharacters) throw new InvalidOperationException($"{Name} has no n-gram model over words.");
        lock (_lock)
        {
            if (!_tries.TryGetValue(alphabet, out WordTrie? trie)) _tries.Add(alphabet, trie = WordScorer.TrieOf(NGram, alphabet));
            return trie;
        }
    }

    /// <summary>The neural model for one thread.</summary>
    /// <exception cref="InvalidOperationException">There is no neural model.</exception>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public NeuralSession OpenNeural()
    {
        if (_tensors is null || !HasNeural) throw new InvalidOperationException($"{Name} has no neural model.");
        CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        try
        {
            lock (_lock)
            {
                (NeuralLanguageModel model, LanguageModelDescription description) = LanguageModelPackage.ReadFrom(_tensors, device);
                return new NeuralSession(device, model, description.Tokens);
            }
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NGram?.Dispose();
        _tensors?.Dispose();
    }
}
