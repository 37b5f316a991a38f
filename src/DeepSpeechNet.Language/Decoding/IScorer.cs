namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// What a language model tells the beam search while it runs (shallow fusion). The score of a prefix is the sum of the scores
/// of its extensions, symbol by symbol; a model over characters scores every symbol, a model over words scores the space that
/// ends a word and, if it likes, forbids letters that lead to no word with <see cref="float.NegativeInfinity"/>. Scores are
/// natural logarithms, already weighted: weights and word bonuses belong to the scorer.
/// </summary>
/// <remarks>
/// The scorer keeps a state for each prefix under an integer handle that it chooses; a handle stays valid until it is released
/// or a new utterance begins. The decoder asks once a frame, for all prefixes together whose extensions may matter, so that a
/// network can run them as one batch; the scores of all extensions of a prefix come with its state, so that scoring candidates
/// costs a look-up. What a state holds never depends on the others of its batch.
/// Scorers hold the states of one decoder: they are not safe for several threads, while the model beneath them should be.
/// </remarks>
public interface IScorer
{
    /// <summary>The number of symbols scored: the size of the decoder's alphabet, without the blank.</summary>
    int SymbolCount { get; }

    /// <summary>
    /// What no extension of any prefix by a symbol scores above, in this utterance. The decoder asks for no state whose extensions
    /// could not enter the beam even with these scores, which changes no result; positive infinity, if nothing is known, makes it
    /// ask for all.
    /// </summary>
    /// <param name="label">The symbol.</param>
    float HighestExtension(int label);

    /// <summary>Begins an utterance: forgets every state and gives the empty prefix its own.</summary>
    /// <param name="scores">Receives the scores of the first symbol, [symbol].</param>
    /// <returns>The state of the empty prefix.</returns>
    int Begin(Span<float> scores);

    /// <summary>Extends prefixes by one symbol each.</summary>
    /// <param name="states">The states of the prefixes, [n]; one may stand several times.</param>
    /// <param name="labels">The symbol that each is extended by, [n].</param>
    /// <param name="extended">Receives the states of the extended prefixes, [n].</param>
    /// <param name="scores">Receives the scores of the next symbol after each, [n, symbol] row by row.</param>
    void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores);

    /// <summary>The scores of ending the utterance after each prefix: the last word, the end of the sentence.</summary>
    /// <param name="states">The states of the prefixes, [n].</param>
    /// <param name="scores">Receives the scores, [n].</param>
    void End(ReadOnlySpan<int> states, Span<float> scores);

    /// <summary>
    /// The scores of each prefix's last word as a whole one, in an utterance that goes on: what a word's end adds, and nothing for the end of the
    /// sentence. Where letters alone are scored there is nothing to add.
    /// </summary>
    /// <param name="states">The states of the prefixes, [n].</param>
    /// <param name="scores">Receives the scores, [n].</param>
    void Pause(ReadOnlySpan<int> states, Span<float> scores) => scores[..states.Length].Clear();

    /// <summary>Whether <see cref="Fit"/> says anything in this utterance; asked when it has begun.</summary>
    bool FollowsFrames => false;

    /// <summary>
    /// How well a prefix fits the utterance up to a frame, for what listens to the sound itself. It is no part of the scores of the symbols: the search adds it, anew
    /// in each frame, to rank the prefixes of that frame, and forgets it. In the final ranking it does not count, as the whole text is judged by <see cref="End"/>.
    /// </summary>
    /// <param name="state">The state of the prefix.</param>
    /// <param name="frame">The frame, from 0; -1 before the first.</param>
    float Fit(int state, int frame) => 0;

    /// <summary>Tells that a state is needed no longer; its handle may be used again.</summary>
    void Release(int state);
}
