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
    private readonly Func<string, int[]> _encode;
    private readonly Dictionary<(int Place, int Token), int> _places = [];

    /// <summary>Creates a scorer.</summary>
    /// <param name="stepper">The model at work; it serves this scorer alone, and is the caller's to dispose.</param>
    /// <param name="encode">The model's symbols of a sentence, without its end.</param>
    public NeuralTextScorer(LanguageStepper stepper, Func<string, int[]> encode)
    {
        ArgumentNullException.ThrowIfNull(stepper);
        ArgumentNullException.ThrowIfNull(encode);
        _stepper = stepper;
        _encode = encode;
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<string> texts, Span<double> logProbabilities)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int vocabulary = _stepper.TokenCount;
        int[][] tokens = new int[texts.Count][];
        for (int i = 0; i < tokens.Length; i++) tokens[i] = _encode(texts[i]);
        logProbabilities[..tokens.Length].Clear();

        // A place is a distinct beginning; all texts stand at place 0 before their first symbol.
        int[] at = new int[tokens.Length], states = [_stepper.BeginState];
        float[] rows = new float[vocabulary];
        _stepper.Probabilities(states, rows);
        List<int> from = [], read = [];
        for (int depth = 0; ; depth++)
        {
            _places.Clear();
            from.Clear();
            read.Clear();
            for (int i = 0; i < tokens.Length; i++)
            {
                if (depth > tokens[i].Length) continue;
                int token = depth < tokens[i].Length ? tokens[i][depth] : _stepper.EndToken;
                logProbabilities[i] += rows[(at[i] * vocabulary) + token];
                if (depth == tokens[i].Length) continue;
                ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, (at[i], token), out bool known);
                if (!known)
                {
                    place = from.Count;
                    from.Add(states[at[i]]);
                    read.Add(token);
                }

                at[i] = place;
            }

            int[] next = new int[from.Count];
            if (next.Length > 0)
            {
                rows = new float[next.Length * vocabulary];
                _stepper.Step(CollectionsMarshal.AsSpan(from), CollectionsMarshal.AsSpan(read), next, rows);
            }

            foreach (int state in states) _stepper.Release(state);
            states = next;
            if (states.Length == 0) return;
        }
    }
}
