using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>
/// How well texts, as they are spoken, fit the phones that a network heard beside the letters. Spelling hides sounds ("though", "tough") and phones do not, so the
/// two views of the same sound err in different places. A whole text has
/// <code>
/// weight * log p(phones of the text | sound)
/// </code>
/// and while the search goes on, each prefix a share of that for the frames so far (<see cref="Fit"/>).
/// </summary>
/// <remarks>
/// Letters and phones of one moment do not come in the same frame, so the best of a few frames around counts. Of a word that has only begun, those phones count that
/// the likeliest word beginning so has by then; where none begins so, letters sound as they mostly do. Such guesses may be wrong: a begun word never fits worse
/// than the words before it, less a cost for each letter. Without phones of the utterance all scores are 0. Not safe for several threads at once; words, tree and
/// vocabulary may be shared.
/// </remarks>
public sealed class PhoneScorer : IScorer
{
    // Found on the recordings that the English model is tuned on (its card), at 30 ms a frame. The whole weight is worse: what does not seem to fit yet is often
    // only late.
    internal const double SearchShare = 0.4, LetterCost = 1.5;
    internal const int FramesBefore = 8, FramesAfter = 5;

    // What a letter sounds like hangs on the letters after it, so the last ones' phones do not count yet.
    private const int LettersBehind = 2;

    // Where nothing fits, such as a long reading of half a second: below all others, and still a number.
    private const double Worst = -1e5;

    // Enough of the most frequent words to tell what letters sound like.
    private const int WordsForLetters = 500;

    private readonly Alphabet _alphabet;
    private readonly char[] _characters;
    private readonly SpokenWords _words;
    private readonly double _weight;
    private readonly WordTrie? _trie;
    private readonly Vocabulary? _vocabulary;
    private readonly SpokenWord?[] _known;
    private readonly int[][] _letterSounds;
    private readonly PhonePaths _paths;
    private readonly Slots<State> _states = new();
    private readonly Slots<Letter> _letters = new();
    private readonly List<string> _missing = [];
    private State[] _next = new State[64];
    private char[] _word = new char[64];
    private bool _heard;

    /// <summary>Creates a scorer.</summary>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <param name="words">How words are spoken, in as many phones as the network has.</param>
    /// <param name="weight">How much the phones count, 0 or above.</param>
    /// <param name="trie">The tree of the words that are likely, for the same alphabet; null where none are known: then whole texts alone are scored.</param>
    /// <param name="vocabulary">What the numbers of the tree's words stand for; null without a tree.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is out of its range.</exception>
    /// <exception cref="ArgumentException">There is a tree without its vocabulary.</exception>
    public PhoneScorer(Alphabet alphabet, SpokenWords words, double weight, WordTrie? trie = null, Vocabulary? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        ArgumentNullException.ThrowIfNull(words);
        if (!(weight >= 0 && double.IsFinite(weight)))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "The weight of the phones must be a number of 0 or above.");
        if (trie is not null && vocabulary is null)
            throw new ArgumentException("A tree of words needs its vocabulary.", nameof(vocabulary));
        _alphabet = alphabet;
        _characters = [.. Enumerable.Range(0, alphabet.Size).Select(label => alphabet[label].IsBmp ? (char)alphabet[label].Value : '\uFFFD')];
        _words = words;
        _weight = weight;
        _trie = trie;
        _vocabulary = vocabulary;
        _known = new SpokenWord?[vocabulary?.Count ?? 0];
        _letterSounds = vocabulary is null
            ? []
            : LetterSounds.Of(alphabet, words, [.. Enumerable.Range(Vocabulary.FirstWord, Math.Min(WordsForLetters, vocabulary.Count - Vocabulary.FirstWord)).Select(id => vocabulary[id])]);
        _paths = new PhonePaths(words.PhoneCount);
    }

    /// <inheritdoc/>
    public int SymbolCount => _alphabet.Size;

    /// <inheritdoc/>
    public bool FollowsFrames => _heard && _trie is not null;

    /// <summary>The prefixes and letters in use, for tests.</summary>
    internal int StateCount => _states.Count + _letters.Count;

    /// <summary>No symbol has a score of its own.</summary>
    public float HighestExtension(int label) => 0;

    /// <summary>Takes the phones of the utterance that begins next; none where there are none.</summary>
    /// <param name="logProbabilities">Natural logarithms, [time, phone and last the blank], row-major.</param>
    /// <exception cref="ArgumentException">The number of values is no whole number of frames.</exception>
    public void Load(ReadOnlySpan<float> logProbabilities)
    {
        if (logProbabilities.Length % (_words.PhoneCount + 1) != 0)
            throw new ArgumentException($"{logProbabilities.Length} values are no whole number of frames of {_words.PhoneCount} phones and the blank.", nameof(logProbabilities));
        _paths.Load(logProbabilities);
        _heard = !logProbabilities.IsEmpty;
    }

    /// <inheritdoc/>
    public int Begin(Span<float> scores)
    {
        _states.Clear();
        _letters.Clear();
        scores[..SymbolCount].Clear();
        return _states.Take(_heard ? NewWord(_paths.Begin()) : default);
    }

    /// <inheritdoc/>
    public void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores)
    {
        scores[..(states.Length * SymbolCount)].Clear();
        if (!_heard)
        {
            for (int i = 0; i < states.Length; i++) extended[i] = _states.Take(default);
            return;
        }

        if (_next.Length < states.Length) _next = new State[Math.Max(states.Length, 2 * _next.Length)];
        for (int i = 0; i < states.Length; i++)
        {
            _next[i] = _states[states[i]];
            if (labels[i] == _alphabet.SpaceIndex) NoteUnknown(_next[i]);
            else Spell(ref _next[i], labels[i]);
        }

        Learn();
        for (int i = 0; i < states.Length; i++)
            extended[i] = _states.Take(labels[i] == _alphabet.SpaceIndex ? NewWord(EndWord(_next[i])) : Say(_next[i], labels[i]));
    }

    /// <inheritdoc/>
    public float Fit(int state, int frame)
    {
        if (!FollowsFrames) return 0;
        ref State prefix = ref _states[state];
        int first = frame - FramesBefore, last = frame + FramesAfter;
        double best = double.NegativeInfinity, cost = LetterCost * prefix.Letters;
        if (prefix.Whole is not null) best = PhonePaths.LogProbability(prefix.Whole, first, last);
        if (prefix.Begun is not null) best = PhonePaths.LogProbability(prefix.Begun, first, last, best);
        best = PhonePaths.LogProbability(prefix.Before!, first, last, best + cost) - cost;
        return (float)(SearchShare * _weight * best);
    }

    /// <inheritdoc/>
    public void End(ReadOnlySpan<int> states, Span<float> scores)
    {
        scores[..states.Length].Clear();
        if (!_heard) return;
        foreach (int state in states) NoteUnknown(_states[state]);
        Learn();
        for (int i = 0; i < states.Length; i++)
        {
            PhoneEnds ends = EndWord(_states[states[i]]);
            scores[i] = (float)(_weight * Math.Max(Worst, _paths.LogProbability(ends)));
            _paths.Release(ends);
        }
    }

    /// <inheritdoc/>
    public void Release(int state)
    {
        State left = _states[state];
        if (left.Before is not null)
        {
            _paths.Release(left.Before);
            if (left.Begun is not null) _paths.Release(left.Begun);
            if (left.Whole is not null) _paths.Release(left.Whole);
            Forget(left.Spelling);
        }

        _states.Release(state);
    }

    private State NewWord(PhoneEnds before) => new() { Before = before, Node = _trie is null ? -1 : WordTrie.Root, Spelling = -1 };

    /// <summary>One letter more, and which words will have to be said.</summary>
    private void Spell(ref State state, int label)
    {
        if (state.Spelling >= 0) _letters[state.Spelling].References++;
        state.Spelling = _letters.Take(new Letter { Previous = state.Spelling, Label = label, References = 1 });
        state.Letters++;
        if (state.Node < 0) return;
        state.Node = _trie!.Child(state.Node, label);
        if (state.Node < 0) return;
        NoteKnown(_trie.Likeliest(state.Node));
        NoteKnown(_trie.Word(state.Node));
    }

    /// <summary>What the word is said up to now, after one letter more.</summary>
    private State Say(in State spelled, int label)
    {
        State state = spelled;
        PhoneEnds before = state.Before!, begun = state.Begun ?? before;
        before.References++;
        state.Whole = null;
        if (state.Node < 0)
        {
            state.Begun = _trie is null ? null : _paths.Extend(begun, _letterSounds[label]);
            state.As = null;
            state.Count = -1;
            return state;
        }

        SpokenWord likeliest = Known(_trie!.Likeliest(state.Node));
        ReadOnlySpan<int> phones = likeliest.Phones.Span;
        int count = state.Letters > LettersBehind && state.Letters <= likeliest.ByLetter.Length ? likeliest.ByLetter.Span[state.Letters - 1 - LettersBehind] : 0;
        bool goesOn = state.Count <= count && (state.Count == 0 || state.As!.Phones.Span[..state.Count].SequenceEqual(phones[..state.Count]));
        state.Begun = goesOn ? _paths.Extend(begun, phones[state.Count..count]) : _paths.Extend(before, phones[..count]);
        state.As = likeliest;
        state.Count = count;
        if (_trie.Word(state.Node) is var word and >= 0) state.Whole = _paths.Extend(before, Known(word).Phones.Span);
        return state;
    }

    /// <summary>What a prefix ends in if its last word is whole, held once more.</summary>
    private PhoneEnds EndWord(in State state)
    {
        if (state.Letters > 0 && state.Whole is null) return _paths.Extend(state.Before!, _words.Of(Spelled(state)).Phones.Span);
        PhoneEnds ends = state.Whole ?? state.Before!;
        ends.References++;
        return ends;
    }

    private SpokenWord Known(int word) => _known[word] ??= _words.Of(_vocabulary![word]);

    private void NoteKnown(int word)
    {
        if (word >= 0 && _known[word] is null) _missing.Add(_vocabulary![word]);
    }

    /// <summary>A word that ends here and is none of the tree.</summary>
    private void NoteUnknown(in State state)
    {
        if (state.Letters > 0 && state.Whole is null && !_words.Has(Spelled(state))) _missing.Add(new string(Spelled(state)));
    }

    /// <summary>Has all words said together that are new, which is quicker than one by one.</summary>
    private void Learn()
    {
        if (_missing.Count == 0) return;
        _words.Learn(_missing);
        _missing.Clear();
    }

    private ReadOnlySpan<char> Spelled(in State state)
    {
        if (_word.Length < state.Letters) _word = new char[2 * state.Letters];
        int at = state.Letters;
        for (int letter = state.Spelling; letter >= 0; letter = _letters[letter].Previous) _word[--at] = _characters[_letters[letter].Label];
        return _word.AsSpan(0, state.Letters);
    }

    private void Forget(int letter)
    {
        while (letter >= 0 && --_letters[letter].References == 0)
        {
            int previous = _letters[letter].Previous;
            _letters.Release(letter);
            letter = previous;
        }
    }

    private struct State
    {
        /// <summary>The words before this one; this word as far as it has come; and this word if it is whole now. Null where they are not known.</summary>
        public PhoneEnds? Before, Begun, Whole;

        /// <summary>The word whose first phones <see cref="Begun"/> has, and how many; -1 outside the tree.</summary>
        public SpokenWord? As;
        public int Count;

        /// <summary>The place in the tree of words, or -1 outside.</summary>
        public int Node;

        /// <summary>The letters of this word: how many, and the last of them, or -1.</summary>
        public int Letters, Spelling;
    }

    private struct Letter
    {
        public int Previous, Label, References;
    }
}
