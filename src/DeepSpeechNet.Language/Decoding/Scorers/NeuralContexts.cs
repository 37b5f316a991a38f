using DeepSpeechNet.Language.Neural;

namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>
/// Contexts of a neural model over words: its states, and with each the log-probabilities of all words, since every partial word
/// after it asks for some of them. All contexts of a frame go through the network as one batch.
/// </summary>
internal sealed class NeuralContexts : WordContexts
{
    private readonly LanguageStepper _stepper;
    private readonly int[] _tokens;
    private readonly float[] _unigrams;
    private readonly Slots<Context> _contexts = new();
    private float[] _rows = [];
    private float[] _scratch = [];
    private readonly float[] _first;
    private int[] _from = new int[16];
    private int[] _read = new int[16];
    private int[] _to = new int[16];

    /// <summary>Contexts of a model.</summary>
    /// <param name="stepper">The model at work; it serves these contexts alone.</param>
    /// <param name="tokens">The model's symbol for each word of the vocabulary, [word].</param>
    /// <param name="unigrams">The log-probability of each word whatever comes before, [word].</param>
    /// <param name="unknown">The unknown word's number.</param>
    /// <param name="end">The number of the end of a sentence.</param>
    public NeuralContexts(LanguageStepper stepper, int[] tokens, float[] unigrams, int unknown, int end)
    {
        _stepper = stepper;
        _tokens = tokens;
        _unigrams = unigrams;
        Unknown = unknown;
        End = end;
        _first = new float[stepper.TokenCount];
        stepper.Probabilities([stepper.BeginState], _first);
    }

    /// <inheritdoc/>
    public override int Unknown { get; }

    /// <inheritdoc/>
    public override int End { get; }

    /// <inheritdoc/>
    public override int Begin()
    {
        _contexts.Clear();
        _stepper.Clear();
        return Take(_stepper.BeginState, _first);
    }

    /// <inheritdoc/>
    public override float Score(int context, int word) => _rows[(context * _stepper.TokenCount) + _tokens[word]];

    /// <inheritdoc/>
    public override float Unigram(int word) => _unigrams[word];

    /// <inheritdoc/>
    public override void Extend(ReadOnlySpan<int> contexts, ReadOnlySpan<int> words, Span<int> extended)
    {
        int count = contexts.Length, tokens = _stepper.TokenCount;
        if (count == 0) return;
        if (_from.Length < count)
        {
            int size = Math.Max(count, 2 * _from.Length);
            _from = new int[size];
            _read = new int[size];
            _to = new int[size];
        }

        if (_scratch.Length < count * tokens) _scratch = new float[Math.Max(count, 16) * tokens];
        for (int i = 0; i < count; i++)
        {
            _from[i] = _contexts[contexts[i]].Model;
            _read[i] = _tokens[words[i]];
        }

        Span<float> rows = _scratch.AsSpan(0, count * tokens);
        _stepper.Step(_from.AsSpan(0, count), _read.AsSpan(0, count), _to.AsSpan(0, count), rows);
        for (int i = 0; i < count; i++) extended[i] = Take(_to[i], rows.Slice(i * tokens, tokens));
    }

    /// <inheritdoc/>
    public override void AddReference(int context) => _contexts[context].References++;

    /// <inheritdoc/>
    public override void Release(int context)
    {
        if (--_contexts[context].References > 0) return;
        _stepper.Release(_contexts[context].Model);
        _contexts.Release(context);
    }

    private int Take(int model, ReadOnlySpan<float> row)
    {
        int context = _contexts.Take(new Context { Model = model, References = 1 });
        int needed = (context + 1) * row.Length;
        if (_rows.Length < needed) Array.Resize(ref _rows, checked(Math.Max(16 * row.Length, 2 * needed)));
        row.CopyTo(_rows.AsSpan(context * row.Length));
        return context;
    }

    private struct Context
    {
        public int Model;
        public int References;
    }
}
