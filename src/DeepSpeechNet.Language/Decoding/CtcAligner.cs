using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// Forced alignment: the most probable path (Viterbi) through the CTC lattice of a known label sequence, which is the labels
/// with a blank before, between and after them (Graves et al. 2006, section 4.1, with the sum replaced by the maximum):
/// <code>
/// v(t, s) = log y(t, l(s)) + max( v(t-1, s), v(t-1, s-1), v(t-1, s-2) )      the last one only between different labels
/// </code>
/// Of equal paths the one that enters a state earlier wins. Time and memory: frames × (2 labels + 1). Safe for several
/// threads at once.
/// </summary>
public sealed class CtcAligner
{
    /// <summary>Creates an aligner.</summary>
    public CtcAligner(Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        Alphabet = alphabet;
    }

    /// <summary>The alphabet of the network.</summary>
    public Alphabet Alphabet { get; }

    /// <summary>The least number of frames that can carry the labels: one each, and a blank between equal neighbours.</summary>
    public static int FramesNeeded(ReadOnlySpan<int> labels)
    {
        int frames = labels.Length;
        for (int i = 1; i < labels.Length; i++)
        {
            if (labels[i] == labels[i - 1]) frames++;
        }

        return frames;
    }

    /// <summary>Aligns labels with frames.</summary>
    /// <param name="logProbabilities">Natural logarithms of the class probabilities, [time, class] row by row, blank last.</param>
    /// <param name="labels">The labels, without blanks.</param>
    /// <exception cref="ArgumentException">
    /// The labels cannot fit the frames, the frames do not fit the alphabet, a label is not of the alphabet, or no path has a
    /// probability above 0.
    /// </exception>
    public CtcAlignment Align(ReadOnlySpan<float> logProbabilities, ReadOnlySpan<int> labels)
    {
        if (TryAlign(logProbabilities, labels, out CtcAlignment? alignment)) return alignment;
        int frames = logProbabilities.Length / Alphabet.ClassCount;
        int needed = FramesNeeded(labels);
        throw new ArgumentException(frames < needed
            ? $"{labels.Length} labels need at least {needed} frames; there are {frames}."
            : $"No path of the {labels.Length} labels through the {frames} frames has a probability above 0; the network's output is broken or of another text.");
    }

    /// <summary>Aligns labels with frames, if they fit.</summary>
    /// <param name="logProbabilities">Natural logarithms of the class probabilities, [time, class] row by row, blank last.</param>
    /// <param name="labels">The labels, without blanks.</param>
    /// <param name="alignment">The alignment, if there is one.</param>
    /// <returns>Whether there is a path with a probability above 0.</returns>
    /// <exception cref="ArgumentException">The frames do not fit the alphabet, or a label is not of the alphabet.</exception>
    public bool TryAlign(ReadOnlySpan<float> logProbabilities, ReadOnlySpan<int> labels, [NotNullWhen(true)] out CtcAlignment? alignment)
    {
        int frames = CtcFrames.Count(logProbabilities.Length, Alphabet);
        foreach (int label in labels)
        {
            if ((uint)label >= (uint)Alphabet.Size)
                throw new ArgumentException($"{label} is no label of an alphabet of {Alphabet.Size} symbols.", nameof(labels));
        }

        alignment = null;
        if (frames < FramesNeeded(labels)) return false;
        if (frames == 0)
        {
            alignment = new CtcAlignment([], 0);
            return true;
        }

        int states = (2 * labels.Length) + 1;
        byte[] steps = ArrayPool<byte>.Shared.Rent(checked(frames * states));
        double[] scores = ArrayPool<double>.Shared.Rent(states);
        try
        {
            Forward(logProbabilities, labels, steps, scores.AsSpan(0, states));
            int last = states > 1 && scores[states - 2] >= scores[states - 1] ? states - 2 : states - 1;
            if (!(scores[last] > double.NegativeInfinity)) return false;
            alignment = new CtcAlignment(Trace(logProbabilities, labels, steps, last), scores[last]);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(steps);
            ArrayPool<double>.Shared.Return(scores);
        }
    }

    /// <summary>
    /// Aligns labels with frames and gives the words: the labels between spaces. Double spaces and spaces at the ends make no
    /// words.
    /// </summary>
    /// <inheritdoc cref="Align"/>
    public IReadOnlyList<AlignedWord> AlignWords(ReadOnlySpan<float> logProbabilities, ReadOnlySpan<int> labels)
    {
        IReadOnlyList<AlignedLabel> aligned = Align(logProbabilities, labels).Labels;
        int frames = logProbabilities.Length / Alphabet.ClassCount;
        WordConfidence confidence = new(Alphabet);
        List<AlignedWord> words = [];
        int earliest = 0;
        for (int start = 0; start < labels.Length;)
        {
            int end = WordEnd(labels, start);
            if (end > start)
            {
                int next = end;
                while (next < labels.Length && labels[next] == Alphabet.SpaceIndex) next++;
                int latest = next < labels.Length ? aligned[next].StartFrame : frames;
                ReadOnlySpan<int> word = labels[start..end];
                int first = aligned[start].StartFrame;
                int last = aligned[end - 1].EndFrame;
                double probability = confidence.Probability(logProbabilities, word, first, last, earliest, latest);
                words.Add(new AlignedWord(Alphabet.Decode(word), first, last, probability));
                earliest = last;
            }

            start = end + 1;
        }

        return words;
    }

    private int WordEnd(ReadOnlySpan<int> labels, int start)
    {
        int length = Alphabet.SpaceIndex < 0 ? -1 : labels[start..].IndexOf(Alphabet.SpaceIndex);
        return length < 0 ? labels.Length : start + length;
    }

    /// <summary>Fills in, for each frame and state, how many states the best path advanced; leaves the last frame's scores.</summary>
    private void Forward(ReadOnlySpan<float> values, ReadOnlySpan<int> labels, byte[] steps, Span<double> scores)
    {
        int classes = Alphabet.ClassCount;
        int blank = Alphabet.BlankIndex;
        int states = scores.Length;
        scores.Fill(double.NegativeInfinity);
        scores[0] = values[blank];
        if (states > 1) scores[1] = values[labels[0]];
        for (int t = 1; t < values.Length / classes; t++)
        {
            ReadOnlySpan<float> frame = values.Slice(t * classes, classes);
            Span<byte> step = steps.AsSpan(t * states, states);

            // From the end, so that the scores of the frame before are still there to read.
            for (int s = states - 1; s >= 0; s--)
            {
                bool isLabel = (s & 1) == 1;
                double best = scores[s];
                byte advance = 0;
                if (s >= 1 && scores[s - 1] > best)
                {
                    best = scores[s - 1];
                    advance = 1;
                }

                if (isLabel && s >= 3 && labels[s >> 1] != labels[(s >> 1) - 1] && scores[s - 2] > best)
                {
                    best = scores[s - 2];
                    advance = 2;
                }

                scores[s] = best + frame[isLabel ? labels[s >> 1] : blank];
                step[s] = advance;
            }
        }
    }

    private AlignedLabel[] Trace(ReadOnlySpan<float> values, ReadOnlySpan<int> labels, byte[] steps, int state)
    {
        int classes = Alphabet.ClassCount;
        int states = (2 * labels.Length) + 1;
        AlignedLabel[] aligned = new AlignedLabel[labels.Length];
        for (int t = (values.Length / classes) - 1; t >= 0; t--)
        {
            if ((state & 1) == 1)
            {
                int i = state >> 1;
                float probability = MathF.Min(1, MathF.Exp(values[(t * classes) + labels[i]]));
                aligned[i] = aligned[i].EndFrame == 0
                    ? new AlignedLabel(labels[i], t, t + 1, probability)
                    : aligned[i] with { StartFrame = t, Confidence = MathF.Max(aligned[i].Confidence, probability) };
            }

            if (t > 0) state -= steps[(t * states) + state];
        }

        return aligned;
    }
}
