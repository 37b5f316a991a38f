namespace DeepSpeechNet.Language.Decoding.HotWords;

/// <summary>
/// Hot words in the beam search: each phrase of the list that stands in a text adds its weight to the text's score. It is given
/// letter by letter as the phrase comes and taken back when the phrase is not completed, so that phrases survive the pruning while
/// half there. Phrases count at whole words, and each time they occur, overlapping ones too.
/// </summary>
/// <remarks>Not safe for several threads at once; lists may be shared.</remarks>
public sealed class HotWordScorer : IScorer
{
    private readonly int _space;
    private HotWordAutomaton? _automaton;

    /// <summary>Creates a scorer.</summary>
    /// <param name="alphabet">The alphabet of the network.</param>
    public HotWordScorer(Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        SymbolCount = alphabet.Size;
        _space = alphabet.SpaceIndex;
    }

    /// <inheritdoc/>
    public int SymbolCount { get; }

    /// <inheritdoc/>
    public float HighestExtension(int label) => _automaton?.HighestGain(label) ?? 0;

    /// <summary>The list from the next utterance on; null for none.</summary>
    public HotWordList? HotWords { get; set; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The list is written in another alphabet.</exception>
    public int Begin(Span<float> scores)
    {
        if (HotWords is not null && (HotWords.Alphabet.Size != SymbolCount || HotWords.Alphabet.SpaceIndex != _space))
            throw new InvalidOperationException("The hot words are written in another alphabet than the network's.");
        _automaton = HotWords?.Automaton;
        Fill(HotWordAutomaton.Start, scores);
        return HotWordAutomaton.Start;
    }

    /// <inheritdoc/>
    public void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores)
    {
        for (int i = 0; i < states.Length; i++)
        {
            extended[i] = _automaton?.Next(states[i], labels[i]) ?? 0;
            Fill(extended[i], scores.Slice(i * SymbolCount, SymbolCount));
        }
    }

    /// <inheritdoc/>
    public void End(ReadOnlySpan<int> states, Span<float> scores)
    {
        for (int i = 0; i < states.Length; i++) scores[i] = _automaton?.EndGain(states[i]) ?? 0;
    }

    /// <inheritdoc/>
    public void Pause(ReadOnlySpan<int> states, Span<float> scores) => End(states, scores);

    /// <inheritdoc/>
    public void Release(int state)
    {
    }

    private void Fill(int state, Span<float> scores)
    {
        if (_automaton is null)
        {
            scores.Clear();
            return;
        }

        for (int c = 0; c < scores.Length; c++) scores[c] = _automaton.Gain(state, c);
    }
}
