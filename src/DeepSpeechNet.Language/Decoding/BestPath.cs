namespace DeepSpeechNet.Language.Decoding;

/// <summary>Best-path decoding of one utterance of a batch to bare labels, for whatever the labels are; <see cref="GreedyDecoder"/> also gives letters' times and confidences.</summary>
public static class BestPath
{
    /// <summary>The most probable class of each frame, repeats collapsed and blanks dropped; of equal classes the first wins.</summary>
    /// <param name="scores">[T, B, classes], row-major, the blank last; logits or any that grow with the probability.</param>
    /// <param name="utterance">Which of the batch.</param>
    /// <param name="batch">B.</param>
    /// <param name="frames">The utterance's own frames.</param>
    /// <param name="classes">Classes, the blank included.</param>
    /// <param name="starts">Receives the first frame of each label; or null.</param>
    public static int[] Labels(ReadOnlySpan<float> scores, int utterance, int batch, int frames, int classes, ICollection<int>? starts = null)
    {
        int blank = classes - 1, last = blank;
        List<int> labels = [];
        for (int t = 0; t < frames; t++)
        {
            ReadOnlySpan<float> frame = scores.Slice(((t * batch) + utterance) * classes, classes);
            int best = 0;
            for (int k = 1; k < classes; k++)
                best = frame[k] > frame[best] ? k : best;
            if (best != last && best != blank)
            {
                labels.Add(best);
                starts?.Add(t);
            }

            last = best;
        }

        return [.. labels];
    }
}
