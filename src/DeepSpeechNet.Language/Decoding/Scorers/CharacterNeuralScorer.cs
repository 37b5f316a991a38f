using DeepSpeechNet.Language.Neural;

namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>
/// A neural model over characters in the beam search (Graves and Jaitly 2014; Hwang and Sung 2016): every symbol is scored as it
/// comes, so any word is possible, and all prefixes that a frame asks about go through the network as one batch. Score of a prefix:
/// Weight * log p(symbols) + WordBonus * words.
/// </summary>
/// <remarks>Not safe for several threads at once. The stepper is the caller's to dispose; this scorer releases the states it made.</remarks>
public sealed class CharacterNeuralScorer : IScorer
{
    private readonly LanguageStepper _stepper;
    private readonly int[] _tokens;
    private readonly int _space;
    private readonly float _weight;
    private readonly float _bonus;
    private readonly Slots<State> _states = new();
    private readonly float[] _first;
    private int[] _from = new int[64];
    private int[] _read = new int[64];
    private int[] _to = new int[64];
    private float[] _rows = [];

    /// <summary>Creates a scorer.</summary>
    /// <param name="stepper">The model at work; it serves this scorer alone.</param>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <param name="tokens">The model's symbol for each label of the alphabet, [label].</param>
    /// <param name="options">Its weights; null for the defaults.</param>
    /// <exception cref="ArgumentException">The symbols do not fit the alphabet or the model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is out of its range.</exception>
    public CharacterNeuralScorer(LanguageStepper stepper, Alphabet alphabet, ReadOnlySpan<int> tokens, ScorerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stepper);
        ArgumentNullException.ThrowIfNull(alphabet);
        options ??= new ScorerOptions();
        options.Validate();
        if (tokens.Length != alphabet.Size)
            throw new ArgumentException($"There are {tokens.Length} symbols for the {alphabet.Size} labels of the alphabet.", nameof(tokens));
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)stepper.TokenCount)
                throw new ArgumentException($"The model has {stepper.TokenCount} symbols and no symbol {token}.", nameof(tokens));
        }

        _stepper = stepper;
        _tokens = tokens.ToArray();
        _space = alphabet.SpaceIndex;
        _weight = (float)options.Weight;
        _bonus = (float)options.WordBonus;
        _first = new float[stepper.TokenCount];
        stepper.Probabilities([stepper.BeginState], _first);
    }

    /// <inheritdoc/>
    public int SymbolCount => _tokens.Length;

    /// <inheritdoc/>
    public float HighestExtension(int label) => label == _space ? Math.Max(0, _bonus) : 0;

    /// <inheritdoc/>
    public int Begin(Span<float> scores)
    {
        _states.Clear();
        _stepper.Clear();
        return Take(_stepper.BeginState, inWord: false, _first, scores);
    }

    /// <inheritdoc/>
    public void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores)
    {
        int count = states.Length, tokens = _stepper.TokenCount;
        Prepare(count);
        for (int i = 0; i < count; i++)
        {
            _from[i] = _states[states[i]].Model;
            _read[i] = _tokens[labels[i]];
        }

        Span<float> rows = _rows.AsSpan(0, count * tokens);
        _stepper.Step(_from.AsSpan(0, count), _read.AsSpan(0, count), _to.AsSpan(0, count), rows);
        for (int i = 0; i < count; i++)
            extended[i] = Take(_to[i], labels[i] != _space, rows.Slice(i * tokens, tokens), scores.Slice(i * SymbolCount, SymbolCount));
    }

    /// <inheritdoc/>
    public void End(ReadOnlySpan<int> states, Span<float> scores)
    {
        for (int i = 0; i < states.Length; i++) scores[i] = _states[states[i]].End;
    }

    /// <inheritdoc/>
    public void Pause(ReadOnlySpan<int> states, Span<float> scores)
    {
        for (int i = 0; i < states.Length; i++) scores[i] = _states[states[i]].Pause;
    }

    /// <inheritdoc/>
    public void Release(int state)
    {
        _stepper.Release(_states[state].Model);
        _states.Release(state);
    }

    private int Take(int model, bool inWord, ReadOnlySpan<float> row, Span<float> scores)
    {
        for (int c = 0; c < _tokens.Length; c++) scores[c] = _weight * row[_tokens[c]];
        if (_space >= 0 && inWord) scores[_space] += _bonus;
        return _states.Take(new State
        {
            Model = model,
            End = (_weight * row[_stepper.EndToken]) + (inWord ? _bonus : 0),
            Pause = _space >= 0 && inWord ? scores[_space] : 0,
        });
    }

    private void Prepare(int count)
    {
        if (_rows.Length < count * _stepper.TokenCount) _rows = new float[Math.Max(64, 2 * count) * _stepper.TokenCount];
        if (_from.Length >= count) return;
        int size = Math.Max(count, 2 * _from.Length);
        _from = new int[size];
        _read = new int[size];
        _to = new int[size];
    }

    private struct State
    {
        public int Model;
        public float End;
        public float Pause;
    }
}
