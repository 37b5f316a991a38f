using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Packages;

/// <summary>
/// The language models of one package: an n-gram model (tensor <c>language.ngram</c>), a neural model (<c>language.rnn.*</c>), both, and beside a neural
/// model of characters one of words (<c>language.words.rnn.*</c>), in a file of the safetensors layout, which may be an acoustic model's own. Safe for several
/// threads at once; each takes a <see cref="NeuralSession"/> of its own.
/// </summary>
public sealed class LanguagePackage : IDisposable
{
    /// <summary>The file's name in a package folder.</summary>
    public const string FileName = "model.safetensors";

    /// <summary>The tensor of an n-gram model's binary form.</summary>
    public const string NGramTensor = "language.ngram";

    private const string WordRoot = "language.words";
    private static readonly string[] Roots = [LanguageModelPackage.DefaultRoot, WordRoot];

    private readonly TensorFile? _tensors;
    private readonly (LanguageUnit Unit, string Root)[] _neural;
    private readonly Lock _lock = new();
    private readonly Lock _reading = new();
    private (LanguageUnit Preferred, Task<NeuralSession> Session)? _prepared;
    private readonly Dictionary<Alphabet, WordTrie> _tries = [];

    private LanguagePackage(string name, TensorFile? tensors, NGramModel? ngram)
    {
        Name = name;
        NGram = ngram;
        _tensors = tensors;
        _neural = tensors is null ? [] : [.. NeuralIn(tensors)];
    }

    /// <summary>The file, for messages.</summary>
    public string Name { get; }

    /// <summary>The n-gram model over words or characters, if there is one.</summary>
    public NGramModel? NGram { get; }

    /// <summary>Whether there is a neural model.</summary>
    public bool HasNeural => _neural.Length > 0;

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

    /// <summary>The neural models of a file: what each predicts, and what its tensors' names begin with (see <see cref="LanguageModelPackage"/>).</summary>
    /// <exception cref="ModelFormatException">What is said of one cannot be read.</exception>
    public static IEnumerable<(LanguageUnit Unit, string Root)> NeuralIn(TensorFile tensors) =>
        Roots.Where(root => LanguageModelPackage.IsIn(tensors, root)).Select(root => (LanguageModelPackage.OptionsIn(tensors, root).Unit, root));

    /// <summary>Whether a path is a package: a folder with <see cref="FileName"/>, or such a file.</summary>
    public static bool IsAt(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(FileAt(path));
    }

    /// <summary>Loads all neural models of a package, or the one that stands alone in a folder.</summary>
    /// <param name="path">A folder with <see cref="FileName"/> or <see cref="LanguageModelPackage.FileName"/>, or such a file.</param>
    /// <param name="device">Where the networks are to run.</param>
    /// <exception cref="FileNotFoundException">There is no model; the message says where it was looked for.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or holds no neural model.</exception>
    public static IReadOnlyList<(NeuralLanguageModel Model, LanguageModelDescription Description)> LoadNeural(string path, Device device)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string package = FileAt(path);
        if (!File.Exists(package))
            return [LanguageModelPackage.Load(path, device)];
        using TensorFile tensors = TensorFile.Read(package);
        (NeuralLanguageModel, LanguageModelDescription)[] models = [.. NeuralIn(tensors).Select(model => LanguageModelPackage.ReadFrom(tensors, device, model.Root))];
        return models.Length > 0 ? models : throw new ModelFormatException(package, "the file", "holds no neural language model: give the folder of one that does");
    }

    private static string FileAt(string path) => Path.GetFileName(path) == FileName ? path : Path.Combine(path, FileName);

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
    /// <param name="neural">Neural models and what belongs to them: none, one, or one of characters and one of words.</param>
    /// <param name="format">How the weights of neural models are stored.</param>
    /// <exception cref="ArgumentException">There is no model at all, or two neural ones of the same unit.</exception>
    /// <exception cref="FileSaveException">It could not be saved; what was there is unchanged.</exception>
    public static void Save(string folder, NGramModel? ngram, IReadOnlyList<(NeuralLanguageModel Model, LanguageModelDescription Description)> neural, WeightFormat format = WeightFormat.Float16)
    {
        ArgumentNullException.ThrowIfNull(neural);
        if (ngram is null && neural.Count == 0) throw new ArgumentException("A package of language models needs at least one.");
        if (neural.DistinctBy(n => n.Description.Options.Unit).Count() < neural.Count)
            throw new ArgumentException("A package holds one neural language model of characters and one of words, not two of the same kind.");
        TensorFileWriter writer = new();
        if (ngram is not null)
        {
            byte[] bytes = ngram.AsBytes().ToArray();
            writer.Add<byte>(NGramTensor, [bytes.Length], bytes);
        }

        foreach ((NeuralLanguageModel model, LanguageModelDescription description) in neural)
        {
            bool second = neural.Count > 1 && description.Options.Unit == LanguageUnit.Words;
            LanguageModelPackage.AddTo(writer, model, description, format, second ? WordRoot : LanguageModelPackage.DefaultRoot);
        }

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

    /// <summary>Begins to open a neural model on another thread, for the first <see cref="OpenNeural"/> that prefers the same unit. Nothing happens where there is none.</summary>
    public void Prepare(LanguageUnit preferred)
    {
        lock (_lock)
        {
            if (HasNeural && _prepared is null)
                _prepared = (preferred, Task.Run(() => Open(preferred)));
        }
    }

    /// <summary>A neural model for one thread.</summary>
    /// <param name="preferred">The one of this unit where there are two.</param>
    /// <exception cref="InvalidOperationException">There is no neural model.</exception>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public NeuralSession OpenNeural(LanguageUnit preferred = LanguageUnit.Characters)
    {
        if (_tensors is null || !HasNeural) throw new InvalidOperationException($"{Name} has no neural model.");
        Task<NeuralSession>? prepared = null;
        lock (_lock)
        {
            if (_prepared is var (unit, session) && unit == preferred)
                (prepared, _prepared) = (session, null);
        }

        return prepared is null ? Open(preferred) : prepared.GetAwaiter().GetResult();
    }

    private NeuralSession Open(LanguageUnit preferred)
    {
        string root = _neural.FirstOrDefault(n => n.Unit == preferred, _neural[0]).Root;
        CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        try
        {
            lock (_reading)
            {
                (NeuralLanguageModel model, LanguageModelDescription description) = LanguageModelPackage.ReadFrom(_tensors!, device, root);
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
        // What was prepared reads the file that is about to be closed. A fault of it is nobody's any more.
        if (_prepared is var (_, session))
        {
            Task.WaitAny(session);
            if (session.IsCompletedSuccessfully) session.Result.Dispose();
            _prepared = null;
        }

        NGram?.Dispose();
        _tensors?.Dispose();
    }
}
