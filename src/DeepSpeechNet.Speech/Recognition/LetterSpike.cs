using DeepSpeechNet.Language;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>A letter of the network's best path. CTC networks say most letters in one or a few frames, as spikes between blanks.</summary>
/// <param name="Letter">The letter.</param>
/// <param name="Time">The frame where it is most probable.</param>
/// <param name="Probability">Its probability there, 0 to 1.</param>
public readonly record struct LetterSpike(string Letter, TimeSpan Time, double Probability)
{
    /// <summary>The letters of the best path through an utterance's probabilities, one for each run of frames.</summary>
    /// <param name="logProbabilities">Natural logarithms, [time, class] row by row, blank last.</param>
    /// <param name="alphabet">The letters of the classes.</param>
    /// <param name="frame">The time from one frame to the next.</param>
    internal static IReadOnlyList<LetterSpike> Find(ReadOnlySpan<float> logProbabilities, Alphabet alphabet, TimeSpan frame)
    {
        List<LetterSpike> spikes = [];
        int classes = alphabet.ClassCount, run = alphabet.BlankIndex, peak = 0;
        float highest = 0;
        for (int t = 0; t < logProbabilities.Length / classes; t++)
        {
            ReadOnlySpan<float> row = logProbabilities.Slice(t * classes, classes);
            int best = 0;
            for (int c = 1; c < classes; c++)
            {
                if (row[c] > row[best])
                    best = c;
            }

            if (best != run)
            {
                Close();
                (run, highest) = (best, float.NegativeInfinity);
            }

            if (row[best] > highest)
                (highest, peak) = (row[best], t);
        }

        Close();
        return spikes;

        void Close()
        {
            if (run != alphabet.BlankIndex)
                spikes.Add(new LetterSpike(alphabet[run].ToString(), frame * peak, Math.Exp(highest)));
        }
    }
}
