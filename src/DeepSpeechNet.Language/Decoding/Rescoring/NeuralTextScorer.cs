using System.Runtime.InteropServices;
using DeepSpeechNet.Language.Neural;

namespace DeepSpeechNet.Language.Decoding.Rescoring;

/// <summary>
/// A neural model over characters or words on whole sentences. All sentences go through the network side by side, a symbol of each
/// at a time, and what they have in common at their beginnings goes through it once.
/// </summary>
public sealed class NeuralTextScorer : ITextScorer
{
    private readonly LanguageStepper _stepper;
    private readonly LanguageTokens _tokens;
    private readonly double _letterCost;
    private readonly Dictionary<(int Place, int Token), int> _places = [];

    /// <summary>Creates a scorer.</summary>
    /// <param name="stepper">The model at work; it serves this scorer alone, and is the caller's to dispose.</param>
    /// <param name="tokens">What the model counts as one symbol.</param>
    /// <param name="unknownLetterCost">What each letter of a word that the model does not know costs beside the cost of an unknown word, in nats; 0 or above.</param>
    /// <exception cref="ArgumentException">The model predicts other symbols, or the cost is out of its range.</exception>
    public NeuralTextScorer(LanguageStepper stepper, LanguageTokens tokens, double unknownLetterCost = 0)
    {
        ArgumentNullException.ThrowIfNull(stepper);
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count != stepper.TokenCount)
            throw new ArgumentException($"The model has {stepper.TokenCount} symbols, not {tokens.Count}.", nameof(tokens));
        ArgumentOutOfRangeException.ThrowIfNegative(unknownLetterCost);
        _stepper = stepper;
        _tokens = tokens;
        _letterCost = unknownLetterCost;
    }

    /// <inheritdoc/>
    public double[][] Score(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int[][] tokens = new int[texts.Count][];
        double[][] values = new double[texts.Count][];
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = _tokens.Encode(texts[i]);
            values[i] = new double[tokens[i].Length + 1];
            int[] letters = _letterCost == 0 ? [] : _tokens.UnknownLetters(texts[i]);
            for (int k = 0; k < letters.Length; k++)
                values[i][k] = -_letterCost * letters[k];
        }

        // A place is a distinct beginning; all texts stand at place 0 before their first symbol.
        int[] at = new int[tokens.Length], states = [_stepper.BeginState];
        List<int> running = [.. Enumerable.Range(0, tokens.Length)];
        for (int depth = 0; running.Count > 0; depth++)
        {
            // Those at one place stand together, since their probabilities come out of one distribution.
            running.Sort((a, b) => at[a] != at[b] ? at[a].CompareTo(at[b]) : a.CompareTo(b));
            AddScores(running, depth, tokens, at, states, values);
            running.RemoveAll(i => depth == tokens[i].Length);
            states = Read(running, depth, tokens, at, states);
        }

        return values;
    }

    /// <summary>Adds the log probability of the next symbol, or of the end, of each text.</summary>
    private void AddScores(List<int> running, int depth, int[][] tokens, int[] at, int[] states, double[][] values)
    {
        int[] from = new int[running.Count], next = new int[running.Count];
        float[] scores = new float[running.Count];
        for (int i = 0; i < from.Length; i++)
        {
            int[] text = tokens[running[i]];
            (from[i], next[i]) = (states[at[running[i]]], depth < text.Length ? text[depth] : _stepper.EndToken);
        }

        _stepper.Score(from, next, scores);
        for (int i = 0; i < from.Length; i++)
            values[running[i]][depth] += scores[i];
    }

    /// <summary>Lets each text's next symbol be read, each distinct beginning once, and gives the states back that nothing goes on from.</summary>
    private int[] Read(List<int> running, int depth, int[][] tokens, int[] at, int[] states)
    {
        List<int> from = [], read = [];
        _places.Clear();
        foreach (int i in running)
        {
            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, (at[i], tokens[i][depth]), out bool known);
            if (!known)
            {
                place = from.Count;
                from.Add(states[at[i]]);
                read.Add(tokens[i][depth]);
            }

            at[i] = place;
        }

        int[] next = new int[from.Count];
        _stepper.Advance(CollectionsMarshal.AsSpan(from), CollectionsMarshal.AsSpan(read), next);
        foreach (int state in states) _stepper.Release(state);
        return next;
    }
}
