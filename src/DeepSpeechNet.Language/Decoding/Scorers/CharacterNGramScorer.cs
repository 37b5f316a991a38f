using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>
/// A character n-gram model in the beam search: every symbol is scored as it comes, so any word is possible. Score of a prefix:
/// Weight * log p(symbols) + WordBonus * words.
/// </summary>
/// <remarks>Not safe for several threads at once; the model may be shared.</remarks>
public sealed class CharacterNGramScorer : IScorer
{
    private readonly NGramModel _model;
    private readonly int[] _tokens;
    private readonly int _space;
    private readonly float _weight;
    private readonly float _bonus;
    private readonly Slots<State> _states = new();

    /// <summary>Creates a scorer.</summary>
    /// <param name="model">The model, of characters.</param>
    /// <param name="alphabet">The alphabet of the network; every symbol must be in the model's vocabulary.</param>
    /// <param name="options">Its weights; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model is no model of characters or lacks a symbol.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is out of its range.</exception>
    public CharacterNGramScorer(NGramModel model, Alphabet alphabet, ScorerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(alphabet);
        options ??= new ScorerOptions();
        options.Validate();
        _model = model;
        _tokens = TokensOf(model, alphabet);
        _space = alphabet.SpaceIndex;
        _weight = (float)options.Weight;
        _bonus = (float)options.WordBonus;
    }

    /// <inheritdoc/>
    public int SymbolCount => _tokens.Length;

    /// <inheritdoc/>
    public float HighestExtension(int label) => label == _space ? Math.Max(0, _bonus) : 0;

    /// <inheritdoc/>
    public int Begin(Span<float> scores)
    {
        _states.Clear();
        State state = new() { Model = _model.Begin };
        Fill(state, scores);
        return _states.Take(state);
    }

    /// <inheritdoc/>
    public void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores)
    {
        for (int i = 0; i < states.Length; i++)
        {
            State state = default;
            _model.Score(_states[states[i]].Model, _tokens[labels[i]], out state.Model);
            state.InWord = labels[i] != _space;
            Fill(state, scores.Slice(i * SymbolCount, SymbolCount));
            extended[i] = _states.Take(state);
        }
    }

    /// <inheritdoc/>
    public void End(ReadOnlySpan<int> states, Span<float> scores)
    {
        for (int i = 0; i < states.Length; i++)
        {
            ref State state = ref _states[states[i]];
            scores[i] = (_weight * _model.Score(state.Model, Vocabulary.End, out _)) + (state.InWord ? _bonus : 0);
        }
    }

    /// <inheritdoc/>
    public void Pause(ReadOnlySpan<int> states, Span<float> scores)
    {
        for (int i = 0; i < states.Length; i++)
        {
            ref State state = ref _states[states[i]];
            scores[i] = _space >= 0 && state.InWord ? (_weight * _model.Score(state.Model, _tokens[_space], out _)) + _bonus : 0;
        }
    }

    /// <inheritdoc/>
    public void Release(int state) => _states.Release(state);

    private void Fill(in State state, Span<float> scores)
    {
        for (int c = 0; c < _tokens.Length; c++) scores[c] = _weight * _model.Score(state.Model, _tokens[c], out _);
        if (_space >= 0 && state.InWord) scores[_space] += _bonus;
    }

    private static int[] TokensOf(NGramModel model, Alphabet alphabet)
    {
        Vocabulary vocabulary = model.Vocabulary;
        if (!vocabulary.HasCharacters)
            throw new ArgumentException($"'{model.Name}' is a model of words; a model of characters is needed here.", nameof(model));
        int[] tokens = new int[alphabet.Size];
        for (int c = 0; c < tokens.Length; c++)
        {
            tokens[c] = c == alphabet.SpaceIndex ? vocabulary.Space : vocabulary.Find(alphabet[c].ToString());
            if (tokens[c] == Vocabulary.Unknown)
                throw new ArgumentException($"'{model.Name}' lacks the symbol {Alphabet.Describe(alphabet[c])} of the network's alphabet; use a language model of the same alphabet.", nameof(model));
        }

        return tokens;
    }

    private struct State
    {
        public NGramState Model;
        public bool InWord;
    }
}
