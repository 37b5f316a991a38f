using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// A back-off n-gram language model over words or characters (Katz 1987): the probability of a word after the words before it is
/// that of the longest n-gram it ends, times the back-off weights of the longer contexts that lack it. Scores are natural
/// logarithms.
/// </summary>
/// <remarks>
/// Queries allocate nothing, and any number of threads may ask at once; <see cref="Dispose"/> only when none does. A model read
/// from its binary form is mapped into memory and shares its pages with other processes.
/// </remarks>
public sealed unsafe class NGramModel : IDisposable
{
    /// <summary>The longest n-grams that a model may have.</summary>
    public const int MaximumOrder = 10;

    private readonly ModelMemory _memory;
    private readonly PackedLevel[] _levels;
    private readonly bool _quantised;
    private readonly int _tokens;
    private float* _unigrams;

    private NGramModel(ModelMemory memory, BinaryLayout layout, Vocabulary vocabulary, string name)
    {
        _memory = memory;
        _quantised = layout.Quantised;
        _tokens = layout.Tokens;
        _unigrams = (float*)(memory.Pointer + layout.Unigrams);
        _levels = new PackedLevel[layout.Order - 1];
        int parents = layout.Tokens;
        for (int k = 0; k < _levels.Length; k++)
        {
            _levels[k] = new PackedLevel(memory.Pointer, layout.Levels[k], parents, layout.Tokens);
            parents = layout.Levels[k].Count;
        }

        Vocabulary = vocabulary;
        Name = name;
    }

    /// <summary>Length of the longest n-grams.</summary>
    public int Order => _levels.Length + 1;

    /// <summary>The tokens and their numbers.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Name of the file, for messages.</summary>
    public string Name { get; }

    /// <summary>Whether probabilities and back-off weights of n-grams from length 2 are kept in 8 bits.</summary>
    public bool IsQuantised => _quantised;

    /// <summary>Size of the binary form in bytes.</summary>
    public long SizeInBytes => _memory.Length;

    /// <summary>The state that knows of no word before.</summary>
    public NGramState Empty => default;

    /// <summary>The state at the start of a sentence.</summary>
    public NGramState Begin
    {
        get
        {
            NGramState state = default;
            if (Order > 1)
            {
                state.Length = 1;
                state.Nodes[0] = Vocabulary.Start;
            }

            return state;
        }
    }

    /// <summary>Reads a model: an ARPA file (also packed by gzip), which is turned into the binary form in memory, or the binary form, which
    /// is mapped. Which one it is, its first bytes tell.</summary>
    /// <param name="path">The file; a mapped one must not be overwritten in place while the model lives (saves by renaming are safe).</param>
    /// <exception cref="ModelFormatException">The file is damaged or is no model; for an ARPA file the line is named.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NGramModel Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using (FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete))
        {
            Span<byte> head = stackalloc byte[BinaryLayout.Magic.Length];
            int read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (!IsBinary(head[..read]))
            {
                file.Position = 0;
                return FromTables(ArpaReader.Read(file, path), path);
            }
        }

        return Open(ModelMemory.Map(path), path);
    }

    /// <summary>Reads a model in the binary form from bytes that are used in place.</summary>
    /// <param name="bytes">The whole binary form; it must not change while the model lives.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="ModelFormatException">The bytes are no model or are damaged.</exception>
    public static NGramModel FromMemory(ReadOnlyMemory<byte> bytes, string name) => Open(ModelMemory.Pin(bytes), name);

    /// <summary>Reads a model in the binary form from a copy of bytes, such as the tensor <c>language.ngram</c> of a model package.</summary>
    /// <param name="bytes">The whole binary form.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="ModelFormatException">The bytes are no model or are damaged.</exception>
    public static NGramModel FromBytes(ReadOnlySpan<byte> bytes, string name) => Open(ModelMemory.Copy(bytes), name);

    /// <summary>Reads a model in the binary form that is a byte tensor of a model package; its bytes are used in place.</summary>
    /// <param name="package">The package, which stays the caller's and must stay open while the model lives.</param>
    /// <param name="tensor">The tensor's name, such as <c>language.ngram</c>.</param>
    /// <exception cref="ModelFormatException">There is no such tensor, or it is no model or damaged.</exception>
    public static NGramModel FromTensor(TensorFile package, string tensor)
    {
        ArgumentNullException.ThrowIfNull(package);
        ReadOnlySpan<byte> bytes = package.Elements<byte>(tensor);
        // A package's bytes do not move: they are mapped, or in memory of their own.
        fixed (byte* first = bytes) return Open(ModelMemory.Borrow(first, bytes.Length, package), $"{package.Name}, tensor '{tensor}'");
    }

    /// <summary>Reads a model from a stream, in either form, to the stream's end.</summary>
    /// <param name="stream">Where the bytes come from.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="ModelFormatException">The bytes are no model or are damaged; for an ARPA file the line is named.</exception>
    public static NGramModel Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        ReadOnlySpan<byte> bytes = copy.GetBuffer().AsSpan(0, (int)copy.Length);
        if (IsBinary(bytes)) return FromBytes(bytes, name);
        copy.Position = 0;
        return FromTables(ArpaReader.Read(copy, name), name);
    }

    /// <summary>The score of a word after a state.</summary>
    /// <param name="state">What came before: <see cref="Begin"/>, <see cref="Empty"/> or the state after another word, of this model.</param>
    /// <param name="word">The word's number in <see cref="Vocabulary"/>; <see cref="Vocabulary.End"/> for the end of the sentence.</param>
    /// <param name="next">The state after the word.</param>
    /// <returns>The natural log probability.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no token of this number.</exception>
    /// <exception cref="ArgumentException">The state belongs to another model.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public float Score(in NGramState state, int word, out NGramState next) =>
        _quantised ? Score<ByteValues>(state, word, out next) : Score<FloatValues>(state, word, out next);

    /// <summary>The bytes of the binary form, valid until the model is disposed.</summary>
    /// <exception cref="InvalidOperationException">There are more than 2 GiB of them.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public ReadOnlySpan<byte> AsBytes()
    {
        ObjectDisposedException.ThrowIf(_unigrams == null, this);
        if (_memory.Length > int.MaxValue) throw new InvalidOperationException($"The n-gram model '{Name}' takes more than 2 GiB; prune it.");
        return new ReadOnlySpan<byte>(_memory.Pointer, (int)_memory.Length);
    }

    /// <summary>Writes the binary form to a file.</summary>
    /// <param name="path">The file to create or to replace.</param>
    /// <exception cref="FileSaveException">It could not be saved.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public void Save(string path)
    {
        ObjectDisposedException.ThrowIf(_unigrams == null, this);
        AtomicFile.Write(path, stream =>
        {
            for (long at = 0; at < _memory.Length; at += 1 << 20)
                stream.Write(new ReadOnlySpan<byte>(_memory.Pointer + at, (int)Math.Min(1 << 20, _memory.Length - at)));
        });
    }

    /// <summary>Writes the model as an ARPA file.</summary>
    /// <param name="path">The file to create or to replace.</param>
    /// <exception cref="FileSaveException">It could not be saved.</exception>
    /// <exception cref="ModelFormatException">The model was read from damaged bytes.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public void SaveArpa(string path)
    {
        NGramTables tables = ToTables();
        AtomicFile.Write(path, stream => ArpaWriter.Write(tables, stream));
    }

    /// <summary>A copy of the model with its values kept in 8 bits, and perhaps without the n-grams that matter little.</summary>
    /// <param name="quantise">Whether values are kept in 8 bits.</param>
    /// <param name="pruneEntropy">See <see cref="NGramOptions.PruneEntropy"/>; histories are weighed by the model itself. 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is negative or no number.</exception>
    /// <exception cref="ModelFormatException">The model was read from damaged bytes.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public NGramModel Compress(bool quantise, double pruneEntropy = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pruneEntropy);
        if (!double.IsFinite(pruneEntropy)) throw new ArgumentOutOfRangeException(nameof(pruneEntropy), pruneEntropy, "The threshold is a number.");
        NGramTables tables = ToTables();
        if (pruneEntropy > 0) tables = EntropyPruner.Prune(tables, pruneEntropy, null);
        return FromTables(tables, Name, quantise);
    }

    /// <summary>Number of n-grams of a length.</summary>
    /// <param name="length">From 1 to <see cref="Order"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are none of this length.</exception>
    public int Count(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Order);
        return length == 1 ? _tokens : _levels[length - 2].Count;
    }

    /// <summary>Releases the memory of the model; no query may run then.</summary>
    public void Dispose()
    {
        _unigrams = null;
        _memory.Dispose();
    }

    internal static NGramModel FromTables(NGramTables tables, string name, bool quantise = false) =>
        Open(PackedWriter.Write(tables, quantise), name);

    /// <summary>Whether bytes begin the binary form, of whatever version.</summary>
    private static bool IsBinary(ReadOnlySpan<byte> bytes) => bytes.StartsWith(BinaryLayout.Magic[..^1]);

    /// <summary>The model in open tables, where the number of an n-gram is its place.</summary>
    /// <exception cref="ModelFormatException">The n-grams contradict each other.</exception>
    internal NGramTables ToTables()
    {
        ObjectDisposedException.ThrowIf(_unigrams == null, this);
        float[][] probabilities = new float[Order][], backoffs = new float[Order - 1][];
        NGramLevel[] levels = new NGramLevel[Order - 1];
        probabilities[0] = new float[_tokens];
        float[] weights = new float[_tokens];
        for (int w = 0; w < _tokens; w++) (probabilities[0][w], weights[w]) = (_unigrams[2 * w], _unigrams[(2 * w) + 1]);
        if (Order > 1) backoffs[0] = weights;
        for (int k = 2; k <= Order; k++)
        {
            levels[k - 2] = _levels[k - 2].ToLevel(Count(k - 1), _tokens, Name, k);
            bool longest = k == Order;
            probabilities[k - 1] = _quantised ? Read<ByteValues>(k, longest, false) : Read<FloatValues>(k, longest, false);
            if (!longest) backoffs[k - 1] = _quantised ? Read<ByteValues>(k, false, true) : Read<FloatValues>(k, false, true);
        }

        return new NGramTables(Vocabulary, levels, probabilities, backoffs);
    }

    private float[] Read<TValues>(int length, bool longest, bool weights) where TValues : struct, INGramValues
    {
        ref PackedLevel level = ref _levels[length - 2];
        float[] values = new float[level.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = weights ? TValues.Backoff(level, i) : longest ? TValues.LastProbability(level, i) : TValues.Probability(level, i);
        GC.KeepAlive(this);
        return values;
    }

    private float Score<TValues>(in NGramState state, int word, out NGramState next) where TValues : struct, INGramValues
    {
        if ((uint)word >= (uint)_tokens || _unigrams == null) ThrowWordOrDisposed(word);
        Unsafe.SkipInit(out next);
        ref PackedLevel levels = ref MemoryMarshal.GetArrayDataReference(_levels);
        int last = _levels.Length - 1, contexts = state.Length, known = 1, node = word;
        if ((uint)contexts > (uint)_levels.Length) ThrowForeignState();
        float score = _unigrams[2 * word], backoff = 0;
        for (int k = 0; k < contexts; k++)
        {
            // The two states may be the same variable, so each place is read before it is written.
            int context = state.Nodes[k];
            next.Nodes[k] = node;
            node = -1;
            if (context < 0) continue;
            ref PackedLevel level = ref Unsafe.Add(ref levels, k);
            node = level.Find(context, word);
            if (node < 0)
            {
                backoff += BackoffOf<TValues>(k, context);
                continue;
            }

            backoff = 0;
            if (k == last)
            {
                score = TValues.LastProbability(level, node);
            }
            else
            {
                score = TValues.Probability(level, node);
                known = k + 2;
            }
        }

        // Behind the longest context there is nothing to remember; a shorter one leaves the n-gram it ended.
        if (contexts <= last) next.Nodes[contexts] = node;
        next.Length = Math.Min(known, last + 1);
        GC.KeepAlive(this);
        return score + backoff;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float BackoffOf<TValues>(int k, int context) where TValues : struct, INGramValues
    {
        if (k == 0)
        {
            if ((uint)context >= (uint)_tokens) ThrowForeignState();
            return _unigrams[(2 * context) + 1];
        }

        ref PackedLevel level = ref _levels[k - 1];
        if ((uint)context >= (uint)level.Count) ThrowForeignState();
        return TValues.Backoff(level, context);
    }

    private static NGramModel Open(ModelMemory memory, string name)
    {
        try
        {
            if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("N-gram models need a little-endian machine.");
            BinaryLayout layout = BinaryLayout.Read(new ReadOnlySpan<byte>(memory.Pointer, (int)Math.Min(memory.Length, BinaryLayout.MostHeaderBytes)), memory.Length, name);
            Vocabulary vocabulary = Vocabulary.FromBytes(new ReadOnlySpan<byte>(memory.Pointer + layout.Vocabulary, layout.VocabularyBytes), name);
            if (vocabulary.Count != layout.Tokens)
                throw new ModelFormatException(name, "the vocabulary", $"has {vocabulary.Count} tokens, but the header says {layout.Tokens}: the file is damaged, copy it again");
            NGramModel model = new(memory, layout, vocabulary, name);
            model.Check(layout);
            return model;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private void Check(BinaryLayout layout)
    {
        CheckValues(new ReadOnlySpan<float>(_unigrams, 2 * _tokens), pairs: true, 1);
        for (int k = 0; k < _levels.Length; k++)
        {
            ref PackedLevel level = ref _levels[k];
            level.Check(Name, k + 2);
            bool longest = k == _levels.Length - 1;
            if (_quantised)
            {
                CheckValues(new ReadOnlySpan<float>(level.Books, BinaryLayout.BookSize), pairs: false, k + 2);
                if (!longest) CheckBackoffs(new ReadOnlySpan<float>(level.Books + BinaryLayout.BookSize, BinaryLayout.BookSize), k + 2);
                continue;
            }

            // A span has at most 2^31 elements.
            long floats = (long)level.Count * (longest ? 1 : 2);
            for (long at = 0; at < floats; at += 1 << 30)
                CheckValues(new ReadOnlySpan<float>((float*)level.Values + at, (int)Math.Min(1 << 30, floats - at)), !longest, k + 2);
        }
    }

    private void CheckValues(ReadOnlySpan<float> values, bool pairs, int length)
    {
        for (int i = 0; i < values.Length; i++)
        {
            bool right = pairs && (i & 1) == 1 ? float.IsFinite(values[i]) : values[i] is <= 0 and > float.NegativeInfinity;
            if (!right) ThrowValue(length, values[i]);
        }
    }

    private void CheckBackoffs(ReadOnlySpan<float> values, int length)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value)) ThrowValue(length, value);
        }
    }

    [DoesNotReturn]
    private void ThrowValue(int length, float value) =>
        throw new ModelFormatException(Name, $"the {length}-grams", $"have the value {value}, which is no log probability: the n-gram model is damaged, copy it again");

    [DoesNotReturn]
    private static void ThrowForeignState() => throw new ArgumentException("The state belongs to another n-gram model.", "state");

    [DoesNotReturn]
    private void ThrowWordOrDisposed(int word)
    {
        ObjectDisposedException.ThrowIf(_unigrams == null, this);
        throw new ArgumentOutOfRangeException(nameof(word), word, $"The model's tokens are numbered from 0 to {_tokens - 1}.");
    }
}
