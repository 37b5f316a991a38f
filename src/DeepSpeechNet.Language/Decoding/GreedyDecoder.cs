using System.Runtime.InteropServices;

namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// Best-path decoding (Graves et al. 2006, section 3.2): the most probable class of each frame, repeats collapsed, blanks
/// dropped. Of equal classes the first wins.
/// </summary>
public sealed class GreedyDecoder : ICtcDecoder
{
    private readonly List<AlignedLabel> _labels = [];
    private double _logProbability;
    private int _last;

    /// <summary>Creates a decoder.</summary>
    public GreedyDecoder(Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        Alphabet = alphabet;
        _last = alphabet.BlankIndex;
    }

    /// <inheritdoc/>
    public Alphabet Alphabet { get; }

    /// <inheritdoc/>
    public int FrameCount { get; private set; }

    /// <summary>The labels so far with their frames; the last one may still grow. Valid until the next call.</summary>
    public IReadOnlyList<AlignedLabel> Labels => _labels;

    /// <summary>Decodes one whole utterance, independent of earlier calls.</summary>
    /// <param name="logProbabilities">Natural logarithms of the class probabilities, [time, class] row by row, blank last.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the number of classes, or a value is NaN.</exception>
    public CtcHypothesis Decode(ReadOnlySpan<float> logProbabilities)
    {
        Reset();
        Accept(logProbabilities);
        return Partial();
    }

    /// <inheritdoc/>
    public void Accept(ReadOnlySpan<float> logProbabilities)
    {
        int frames = CtcFrames.Count(logProbabilities.Length, Alphabet);
        int classes = Alphabet.ClassCount;
        for (int t = 0; t < frames; t++) Step(logProbabilities.Slice(t * classes, classes));
    }

    /// <inheritdoc/>
    public CtcHypothesis Partial()
    {
        int[] labels = new int[_labels.Count];
        for (int i = 0; i < labels.Length; i++) labels[i] = _labels[i].Label;
        return CtcHypothesis.Create(Alphabet, labels, _logProbability, _logProbability);
    }

    /// <summary>The one hypothesis that best-path decoding has, whatever the count.</summary>
    /// <inheritdoc/>
    public IReadOnlyList<CtcHypothesis> Finish(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return [Partial()];
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _labels.Clear();
        _logProbability = 0;
        _last = Alphabet.BlankIndex;
        FrameCount = 0;
    }

    private void Step(ReadOnlySpan<float> frame)
    {
        int best = 0;
        float highest = frame[0];
        bool broken = float.IsNaN(highest);
        for (int c = 1; c < frame.Length; c++)
        {
            broken |= float.IsNaN(frame[c]);
            if (!(frame[c] > highest)) continue;
            highest = frame[c];
            best = c;
        }

        if (broken) throw CtcFrames.NotANumber(FrameCount);
        int t = FrameCount++;
        _logProbability += highest;
        if (best != Alphabet.BlankIndex)
        {
            float probability = MathF.Min(1, MathF.Exp(highest));
            if (best == _last)
            {
                ref AlignedLabel label = ref CollectionsMarshal.AsSpan(_labels)[^1];
                label = label with { EndFrame = t + 1, Confidence = MathF.Max(label.Confidence, probability) };
            }
            else
            {
                _labels.Add(new AlignedLabel(best, t, t + 1, probability));
            }
        }

        _last = best;
    }
}
