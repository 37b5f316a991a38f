namespace DeepSpeechNet.Language.Decoding.Rescoring;

/// <summary>
/// The probability that a network's phones give to sequences of phones (the CTC forward algorithm, Graves et al. 2006, equations 6 and 7), for many sequences
/// over the same frames: probabilities are scaled frame by frame, and places in the sequence that nearly nothing leads to are passed over. Not safe for several
/// threads at once.
/// </summary>
internal sealed class PhoneLikelihood
{
    /// <summary>
    /// The share of a uniform distribution in every frame. Dictionaries know one way to say a word and people many: no single phone can then cost more than some
    /// ten nats.
    /// </summary>
    public const double Smoothing = 1e-4;

    /// <summary>What is less than this beside all the rest of a frame is nothing.</summary>
    private const double Negligible = 1e-40;

    private readonly int _classes;
    private double[] _frames = [];
    private double[] _ended = new double[64];
    private double[] _paused = new double[64];
    private int _count;

    /// <summary>A measure for so many phones.</summary>
    public PhoneLikelihood(int phones) => _classes = phones + 1;

    /// <summary>Takes the frames of an utterance.</summary>
    /// <param name="logProbabilities">Natural logarithms, [time, phone and last the blank], row-major.</param>
    public void Load(ReadOnlySpan<float> logProbabilities)
    {
        _count = logProbabilities.Length / _classes;
        if (_frames.Length < logProbabilities.Length)
            _frames = new double[2 * logProbabilities.Length];
        for (int i = 0; i < logProbabilities.Length; i++)
            _frames[i] = ((1 - Smoothing) * Math.Exp(logProbabilities[i])) + (Smoothing / _classes);
    }

    /// <summary>The natural logarithm of the probability of phones; negative infinity where they do not fit the frames.</summary>
    public double LogProbability(ReadOnlySpan<int> phones)
    {
        int length = phones.Length, blank = _classes - 1;
        if (_ended.Length < length)
        {
            _ended = new double[2 * length];
            _paused = new double[2 * length];
        }

        // ended[k]: paths whose last label is phone k, now; paused[k]: the blank after it, now. start: nothing but blanks so far.
        Span<double> ended = _ended.AsSpan(0, length), paused = _paused.AsSpan(0, length);
        ended.Clear();
        paused.Clear();
        double start = 1, log = 0;
        int low = 0, high = 0;
        for (int t = 0; t < _count; t++)
        {
            ReadOnlySpan<double> frame = _frames.AsSpan(t * _classes, _classes);
            double pause = frame[blank], sum = 0;
            high = Math.Min(high + 1, length);
            for (int k = high - 1; k >= low; k--)
            {
                double before = k == 0 ? start : paused[k - 1] + (phones[k] == phones[k - 1] ? 0 : ended[k - 1]);
                paused[k] = (ended[k] + paused[k]) * pause;
                ended[k] = (ended[k] + before) * frame[phones[k]];
                sum += ended[k] + paused[k];
            }

            start *= pause;
            sum += start;
            if (!(sum > 0))
                return double.NegativeInfinity;
            double scale = 1 / sum;
            start *= scale;
            for (int k = low; k < high; k++)
            {
                ended[k] *= scale;
                paused[k] *= scale;
            }

            log += Math.Log(sum);
            while (low < high && start < Negligible && ended[low] + paused[low] < Negligible)
            {
                ended[low] = paused[low] = 0;
                low++;
            }

            while (high > low && ended[high - 1] + paused[high - 1] < Negligible)
            {
                high--;
                ended[high] = paused[high] = 0;
            }
        }

        return log + Math.Log(length == 0 ? start : ended[length - 1] + paused[length - 1]);
    }
}
