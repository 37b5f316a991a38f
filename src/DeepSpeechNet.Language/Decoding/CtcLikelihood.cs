namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// The probability that a network gives to a text: the sum over all paths that collapse to it (the CTC forward algorithm,
/// Graves et al. 2006, equations 6 and 7), in log space and double precision. It is what a prefix beam would find for the text with
/// a beam wide enough to lose nothing, so it compares texts that no beam held together. Not safe for several threads at once.
/// </summary>
public sealed class CtcLikelihood
{
    private readonly Alphabet _alphabet;
    private double[] _forward = new double[64];

    /// <summary>Creates a measure for an alphabet.</summary>
    public CtcLikelihood(Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        _alphabet = alphabet;
    }

    /// <summary>The natural logarithm of the probability of labels.</summary>
    /// <param name="logProbabilities">Natural logarithms of the class probabilities, [time, class] row by row, blank last.</param>
    /// <param name="labels">The labels, without blanks.</param>
    /// <returns>Negative infinity where the labels do not fit the frames.</returns>
    /// <exception cref="ArgumentException">The frames do not fit the alphabet, or a label is not of the alphabet.</exception>
    public double LogProbability(ReadOnlySpan<float> logProbabilities, ReadOnlySpan<int> labels)
    {
        int frames = CtcFrames.Count(logProbabilities.Length, _alphabet);
        foreach (int label in labels)
        {
            if ((uint)label >= (uint)_alphabet.Size)
                throw new ArgumentException($"{label} is no label of an alphabet of {_alphabet.Size} symbols.", nameof(labels));
        }

        // States: blank, label, blank, label, ..., blank.
        int classes = _alphabet.ClassCount, states = (2 * labels.Length) + 1;
        if (_forward.Length < states) _forward = new double[2 * states];
        Span<double> forward = _forward.AsSpan(0, states);
        forward.Fill(double.NegativeInfinity);

        // Before the first frame: from here the first blank is entered, or the first label in its place.
        forward[0] = 0;
        for (int t = 0; t < frames; t++)
        {
            ReadOnlySpan<float> frame = logProbabilities.Slice(t * classes, classes);
            for (int s = states - 1; s >= 0; s--)
            {
                bool isLabel = (s & 1) == 1;
                double sum = forward[s];
                if (s >= 1) sum = LogMath.Add(sum, forward[s - 1]);
                if (isLabel && s >= 3 && labels[s >> 1] != labels[(s >> 1) - 1]) sum = LogMath.Add(sum, forward[s - 2]);
                forward[s] = sum + frame[isLabel ? labels[s >> 1] : _alphabet.BlankIndex];
            }
        }

        return states == 1 ? forward[0] : LogMath.Add(forward[states - 1], forward[states - 2]);
    }
}
