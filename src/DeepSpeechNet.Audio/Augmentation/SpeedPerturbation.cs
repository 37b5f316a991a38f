using System.Numerics;

namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Plays an utterance faster or slower, pitch included (Ko, Peddinti, Povey and Khudanpur 2015): y[i] = x(i f) for the speed f,
/// with x(t) by a sinc under a Hann window that reaches over twelve zeros on each side and whose cutoff is the lower of the two
/// Nyquist frequencies, so that a faster utterance has no aliases. The kernel is tabulated at 128 fractions of a sample and
/// interpolated between them. Working space is kept: one thread at a time.
/// </summary>
public sealed class SpeedPerturbation
{
    private const int Fractions = 128;
    private const int Zeros = 12;
    private readonly SpeedOptions _options;
    private float[] _table = [];
    private float[] _padded = [];

    /// <summary>Takes the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public SpeedPerturbation(SpeedOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <summary>Draws a speed.</summary>
    public double Draw(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.NextUniform(_options.Low, _options.High);
    }

    /// <summary>
    /// Samples of an utterance of <paramref name="count"/> samples at speed <paramref name="speed"/>: the nearest to count /
    /// speed.
    /// </summary>
    public static int OutputLength(int count, double speed) => (int)Math.Round(count / speed);

    /// <summary>Plays the samples at a speed; sample 0 stays where it is, and there is silence on both sides.</summary>
    /// <param name="samples">The utterance.</param>
    /// <param name="speed">f, 0.25 to 4.</param>
    /// <param name="output">Receives the result; as many samples as <see cref="OutputLength"/> says.</param>
    /// <exception cref="ArgumentException">The speed is out of range or the output has another length.</exception>
    public void Apply(ReadOnlySpan<float> samples, double speed, Span<float> output)
    {
        OptionCheck.Range(nameof(speed), speed, 0.25, 4);
        if (output.Length != OutputLength(samples.Length, speed))
        {
            throw new ArgumentException(
                $"{samples.Length} samples at speed {speed} are {OutputLength(samples.Length, speed)}; "
                + $"the space given has {output.Length}.");
        }

        double cutoff = Math.Min(1, 1 / speed);
        int reach = (int)Math.Ceiling(Zeros / cutoff);
        int taps = ((2 * reach) + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        Tabulate(cutoff, reach, taps);

        // x[n] lies at reach - 1 + n; the output reads taps numbers from the whole part of its time on.
        int needed = samples.Length + reach + taps + 2;
        if (_padded.Length < needed)
            _padded = new float[needed];
        _padded.AsSpan(0, reach - 1).Clear();
        samples.CopyTo(_padded.AsSpan(reach - 1));
        _padded.AsSpan(reach - 1 + samples.Length).Clear();

        for (int i = 0; i < output.Length; i++)
        {
            double time = i * speed;
            int whole = (int)time;
            double fraction = (time - whole) * Fractions;
            int row = (int)fraction;
            ReadOnlySpan<float> x = _padded.AsSpan(whole, taps);
            ReadOnlySpan<float> low = _table.AsSpan(row * taps, taps);
            ReadOnlySpan<float> high = _table.AsSpan((row + 1) * taps, taps);
            Vector<float> share = new((float)(fraction - row));
            Vector<float> sum = Vector<float>.Zero;
            for (int tap = 0; tap < taps; tap += Vector<float>.Count)
            {
                Vector<float> a = new(low[tap..]);
                Vector<float> b = new(high[tap..]);
                sum += (a + (share * (b - a))) * new Vector<float>(x[tap..]);
            }

            output[i] = Vector.Sum(sum);
        }
    }

    /// <summary>
    /// Row p, tap j: the kernel at the distance from time p / Fractions to sample j - reach + 1; each row adds up to one.
    /// </summary>
    private void Tabulate(double cutoff, int reach, int taps)
    {
        int length = (Fractions + 1) * taps;
        if (_table.Length < length)
            _table = new float[length];
        for (int row = 0; row <= Fractions; row++)
        {
            Span<float> kernel = _table.AsSpan(row * taps, taps);
            kernel.Clear();
            double sum = 0;
            for (int pass = 0; pass < 2; pass++)
            {
                double scale = pass == 0 ? 1 : 1 / sum;
                for (int j = 0; j < 2 * reach; j++)
                {
                    double distance = cutoff * (((double)row / Fractions) - (j - reach + 1));
                    double taper = Math.Abs(distance) >= Zeros ? 0 : 0.5 + (0.5 * Math.Cos(Math.PI * distance / Zeros));
                    double value = taper * (distance == 0 ? 1 : Math.Sin(Math.PI * distance) / (Math.PI * distance));
                    sum += pass == 0 ? value : 0;
                    kernel[j] = (float)(value * scale);
                }
            }
        }
    }
}
