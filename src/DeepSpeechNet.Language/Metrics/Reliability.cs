namespace DeepSpeechNet.Language.Metrics;

/// <summary>
/// Whether confidences mean what they say: of the words recognised with a confidence of 0.8, eight in ten should be right. Words are
/// gathered in intervals of equal width (the reliability diagram of DeGroot and Fienberg 1983); the expected calibration error
/// (Naeini et al. 2015) is the mean distance between confidence and accuracy over the intervals, weighted by their words.
/// Not safe for several threads at once.
/// </summary>
public sealed class Reliability
{
    private readonly (long Words, long Correct, double Confidence)[] _bins;

    /// <summary>Starts with no words.</summary>
    /// <param name="bins">Intervals between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no intervals.</exception>
    public Reliability(int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        _bins = new (long, long, double)[bins];
    }

    /// <summary>The words so far.</summary>
    public long Words { get; private set; }

    /// <summary>The intervals from the least confident on.</summary>
    public IReadOnlyList<ReliabilityBin> Bins => [.. _bins.Select((bin, i) => new ReliabilityBin(
        i / (double)_bins.Length, (i + 1) / (double)_bins.Length, bin.Words, bin.Correct, bin.Words == 0 ? 0 : bin.Confidence / bin.Words))];

    /// <summary>The expected calibration error, 0 to 1; 0 without words.</summary>
    public double ExpectedCalibrationError
    {
        get
        {
            double sum = 0;
            foreach ((long _, long correct, double confidence) in _bins)
                sum += Math.Abs(confidence - correct);
            return Words == 0 ? 0 : sum / Words;
        }
    }

    /// <summary>Adds a recognised word.</summary>
    /// <param name="confidence">What the recogniser said, 0 to 1.</param>
    /// <param name="correct">Whether the word is right.</param>
    /// <exception cref="ArgumentOutOfRangeException">The confidence is no probability.</exception>
    public void Add(double confidence, bool correct)
    {
        if (!(confidence is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence lies between 0 and 1.");
        ref (long Words, long Correct, double Confidence) bin = ref _bins[Math.Min(_bins.Length - 1, (int)(confidence * _bins.Length))];
        bin.Words++;
        bin.Correct += correct ? 1 : 0;
        bin.Confidence += confidence;
        Words++;
    }
}
