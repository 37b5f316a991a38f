using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>
/// A model over words in the beam search. A word is scored at the space that ends it; before that, a partial word stands in with
/// the best unigram among the words that it can still become, so that prefixes within a word and between words compare fairly;
/// the space puts the word's own score in its place. Words outside the vocabulary stay possible: they cost what the model gives
/// the unknown word, and each of their letters costs <see cref="ScorerOptions.UnknownLetterCost"/>.
/// </summary>
/// <remarks>Score of a finished prefix: Weight * (log p(w1) + log p(w2 | w1) + ...) + WordBonus * words. Not safe for several threads at once; the model and the tree may be shared.</remarks>
public sealed class WordScorer : IScorer
{
    private readonly WordContexts _contexts;
    private readonly WordTrie _trie;
    private readonly int _space;
    private readonly float _weight;
    private readonly float _bonus;
    private readonly float _letter;
    private readonly float _unknown;
    private readonly Slots<State> _states = new();

    private HotWordList? _overlaid;
    private WordTrie? _overlay;
    private int[] _from = new int[64];
    private int[] _words = new int[64];
    private int[] _to = new int[64];
    private int[] _rows = new int[64];

    /// <summary>A scorer of a word n-gram model.</summary>
    /// <param name="model">The model, of words.</param>
    /// <param name="trie">The tree of its vocabulary, from <see cref="TrieOf"/>; shared by all scorers of the model.</param>
    /// <param name="options">Its weights; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is out of its range.</exception>
    public WordScorer(NGramModel model, WordTrie trie, ScorerOptions? options = null)
        : this(new NGramContexts(model ?? throw new ArgumentNullException(nameof(model))), trie, options)
    {
    }

    internal WordScorer(WordContexts contexts, WordTrie trie, ScorerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(trie);
        options ??= new ScorerOptions();
        options.Validate();
        _contexts = contexts;
        _trie = trie;
        _space = trie.Alphabet.SpaceIndex;
        _weight = (float)options.Weight;
        _bonus = (float)options.WordBonus;
        _letter = (float)-options.UnknownLetterCost;
        _unknown = contexts.Unigram(contexts.Unknown);
        SymbolCount = trie.Alphabet.Size;
    }

    /// <inheritdoc/>
    public int SymbolCount { get; }

    /// <summary>A space may put a likely word's score in the place of an unlikely unigram's: nothing is known.</summary>
    public float HighestExtension(int label) => float.PositiveInfinity;

    /// <summary>Hot words, from the next utterance on: those outside the vocabulary cost no letters. Their own weights are the business of a <see cref="HotWordScorer"/>.</summary>
    public HotWordList? HotWords { get; set; }

    /// <summary>The prefixes in use, for tests.</summary>
    internal int StateCount => _states.Count;

    /// <summary>The tree of a model's vocabulary.</summary>
    /// <param name="model">The model, of words.</param>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <exception cref="ArgumentException">The alphabet has no space, or none of the words can be written with it.</exception>
    public static WordTrie TrieOf(NGramModel model, Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(model);
        Vocabulary vocabulary = model.Vocabulary;
        return WordTrie.Build(
            alphabet,
            Enumerable.Range(Vocabulary.FirstWord, vocabulary.Count - Vocabulary.FirstWord).Select(id => (id, vocabulary[id])),
            id => model.Score(model.Empty, id, out _));
    }

    /// <summary>
    /// A scorer of a neural model over words. Partial words stand in with Zipf's law (Zipf 1949: the word of rank r has a share of 1 / r), since
    /// vocabularies list the most frequent words first and a neural model knows no unigrams.
    /// </summary>
    /// <param name="stepper">The model at work; it serves this scorer alone.</param>
    /// <param name="vocabulary">The words that its symbols are.</param>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <param name="options">Its weights; null for the defaults.</param>
    /// <exception cref="ArgumentException">The vocabulary does not fit the model or the alphabet.</exception>
    public static WordScorer OfNeural(LanguageStepper stepper, Vocabulary vocabulary, Alphabet alphabet, ScorerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stepper);
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (vocabulary.Count != stepper.TokenCount)
            throw new ArgumentException($"The vocabulary has {vocabulary.Count} words and the model {stepper.TokenCount} symbols.", nameof(vocabulary));
        int[] tokens = new int[vocabulary.Count];
        float[] unigrams = new float[vocabulary.Count];
        double sum = 0;
        for (int id = 0; id < tokens.Length; id++)
        {
            tokens[id] = id;
            sum += 1.0 / (id + 1);
        }

        for (int id = 0; id < tokens.Length; id++) unigrams[id] = (float)-Math.Log((id + 1) * sum);
        WordTrie trie = WordTrie.Build(
            alphabet,
            Enumerable.Range(Vocabulary.FirstWord, vocabulary.Count - Vocabulary.FirstWord).Select(id => (id, vocabulary[id])),
            id => unigrams[id]);
        return new WordScorer(new NeuralContexts(stepper, tokens, unigrams, Vocabulary.Unknown, Vocabulary.End), trie, options);
    }

    /// <inheritdoc/>
    public int Begin(Span<float> scores)
    {
        if (!ReferenceEquals(_overlaid, HotWords))
        {
            _overlaid = HotWords;
            _overlay = HotWords is null ? null : OverlayOf(HotWords);
        }

        _states.Clear();
        State state = new() { Context = _contexts.Begin(), Node = WordTrie.Root, Hot = _overlay is null ? -1 : WordTrie.Root };
        Fill(state, scores);
        return _states.Take(state);
    }

    /// <inheritdoc/>
    public void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores)
    {
        if (_from.Length < states.Length) Grow(states.Length);
        int spaces = 0;
        for (int i = 0; i < states.Length; i++)
        {
            if (labels[i] != _space || _states[states[i]].Letters == 0) continue;
            State state = _states[states[i]];
            _from[spaces] = state.Context;
            _words[spaces] = WordOf(state);
            _rows[spaces++] = i;
        }

        _contexts.Extend(_from.AsSpan(0, spaces), _words.AsSpan(0, spaces), _to.AsSpan(0, spaces));
        int space = 0;
        for (int i = 0; i < states.Length; i++)
        {
            State state = _states[states[i]];
            if (space < spaces && _rows[space] == i)
            {
                state = new State { Context = _to[space++], Node = WordTrie.Root, Hot = _overlay is null ? -1 : WordTrie.Root };
            }
            else
            {
                _contexts.AddReference(state.Context);
                if (labels[i] != _space) state = After(state, labels[i]);
            }

            Fill(state, scores.Slice(i * SymbolCount, SymbolCount));
            extended[i] = _states.Take(state);
        }
    }

    /// <inheritdoc/>
    public void End(ReadOnlySpan<int> states, Span<float> scores)
    {
        Span<int> context = stackalloc int[1];
        for (int i = 0; i < states.Length; i++)
        {
            State state = _states[states[i]];
            if (state.Letters == 0)
            {
                scores[i] = _weight * _contexts.Score(state.Context, _contexts.End);
                continue;
            }

            _contexts.Extend([state.Context], [WordOf(state)], context);
            scores[i] = WordScore(state) + (_weight * _contexts.Score(context[0], _contexts.End));
            _contexts.Release(context[0]);
        }
    }

    /// <inheritdoc/>
    public void Pause(ReadOnlySpan<int> states, Span<float> scores)
    {
        for (int i = 0; i < states.Length; i++)
        {
            State state = _states[states[i]];
            scores[i] = state.Letters == 0 ? 0 : WordScore(state);
        }
    }

    /// <inheritdoc/>
    public void Release(int state)
    {
        _contexts.Release(_states[state].Context);
        _states.Release(state);
    }

    private State After(State state, int label)
    {
        state.Letters++;
        if (state.Node >= 0) state.Node = _trie.Child(state.Node, label);
        if (state.Hot >= 0) state.Hot = _overlay!.Child(state.Hot, label);
        state.Ahead = Ahead(state.Node, state.Hot, state.Letters);
        return state;
    }

    /// <summary>What stands in for a partial word's score.</summary>
    private float Ahead(int node, int hot, int letters) => _weight *
        (node >= 0 ? (hot >= 0 ? MathF.Max(_trie.Best(node), _unknown) : _trie.Best(node)) : hot >= 0 ? _unknown : _unknown + (letters * _letter));

    /// <summary>The scores of all symbols after a state.</summary>
    private void Fill(in State state, Span<float> scores)
    {
        scores.Fill(Ahead(-1, -1, state.Letters + 1) - state.Ahead);
        if (state.Node >= 0)
        {
            int end = _trie.EndOfChildren(state.Node);
            for (int child = _trie.FirstChild(state.Node); child < end; child++) scores[_trie.Label(child)] = (_weight * _trie.Best(child)) - state.Ahead;
        }

        if (state.Hot >= 0) FillHot(state, scores);
        scores[_space] = state.Letters == 0 ? 0 : WordScore(state);
    }

    private void FillHot(in State state, Span<float> scores)
    {
        int end = _overlay!.EndOfChildren(state.Hot);
        for (int child = _overlay.FirstChild(state.Hot); child < end; child++)
        {
            int label = _overlay.Label(child);
            scores[label] = Ahead(state.Node >= 0 ? _trie.Child(state.Node, label) : -1, child, state.Letters + 1) - state.Ahead;
        }
    }

    /// <summary>What the space that ends a word adds: the word's own score in place of what stood in for it.</summary>
    private float WordScore(in State state)
    {
        int word = WordOf(state);
        float score = _contexts.Score(state.Context, word);
        if (word == _contexts.Unknown && !(state.Hot >= 0 && _overlay!.Word(state.Hot) >= 0)) score += state.Letters * _letter;
        return (_weight * score) + _bonus - state.Ahead;
    }

    private int WordOf(in State state) => state.Node >= 0 && _trie.Word(state.Node) is var word and >= 0 ? word : _contexts.Unknown;

    /// <summary>The tree of those hot words that the vocabulary lacks.</summary>
    private WordTrie? OverlayOf(HotWordList hotWords)
    {
        List<(int, string)> missing = [];
        foreach (string word in hotWords.Words)
        {
            int node = WordTrie.Root;
            foreach (int label in _trie.Alphabet.Encode(word))
            {
                if (node >= 0) node = _trie.Child(node, label);
            }

            if (node < 0 || _trie.Word(node) < 0) missing.Add((missing.Count, word));
        }

        return missing.Count == 0 ? null : WordTrie.Build(_trie.Alphabet, missing, _ => 0);
    }

    private void Grow(int count)
    {
        int size = Math.Max(count, 2 * _from.Length);
        _from = new int[size];
        _words = new int[size];
        _to = new int[size];
        _rows = new int[size];
    }

    private struct State
    {
        /// <summary>The words before this one.</summary>
        public int Context;

        /// <summary>The place in the tree of the vocabulary and in that of hot words, or -1 outside.</summary>
        public int Node, Hot;

        /// <summary>The letters of this word so far.</summary>
        public int Letters;

        /// <summary>What stands in for this word's score.</summary>
        public float Ahead;
    }
}
