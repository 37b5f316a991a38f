namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// The low-pass filter of a resampler as rows of taps, one row a phase: h(t) = 2 f sinc(2 f t) w(t / W), with the cutoff f in the
/// middle of the transition band and w the Kaiser window (J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh
/// window function", 1974; its formulas for beta and length as in Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5.3).
/// Immutable.
/// </summary>
internal sealed class ResamplingFilter
{
    // Stop-band attenuation in dB; the pass-band ripple of a windowed filter equals it (0.0004 dB).
    private const double Attenuation = 88;

    // The transition band in parts of the lower Nyquist frequency.
    private const double PassEdge = 0.9;
    private const double StopEdge = 1.0;

    // Rows are a multiple of this many taps, so that the inner product has no remainder.
    private const int TapGroup = 32;

    // Beyond this many coefficients rows are interpolated between GridPhases positions a sample of the lower rate
    // (error of linear interpolation: (pi / 1024)^2 / 8, that is -118 dB).
    private const int ExactLimit = 1 << 18;
    private const int GridPhases = 1024;

    private readonly float[] _rows;

    /// <summary>Builds the filter for output/input = up/down in lowest terms.</summary>
    public ResamplingFilter(int up, int down)
    {
        double narrowing = Math.Min(1.0, (double)up / down);
        double cutoff = 0.25 * (PassEdge + StopEdge) * narrowing;
        double transition = 0.5 * (StopEdge - PassEdge) * narrowing;
        double halfWidth = 0.5 * (Attenuation - 7.95) / (14.36 * transition);
        double beta = 0.1102 * (Attenuation - 8.7);

        After = (int)Math.Ceiling(halfWidth);
        Taps = ((2 * After) + TapGroup - 1) / TapGroup * TapGroup;
        Interpolated = (long)up * Taps > ExactLimit;
        Phases = Interpolated ? Math.Max(8, (int)(GridPhases * narrowing)) : up;

        // An interpolated bank has one row more, at phase 1, for the upper neighbour of the last one.
        int rows = Interpolated ? Phases + 1 : Phases;
        _rows = new float[rows * Taps];
        var row = new double[Taps];
        for (int phase = 0; phase < rows; phase++)
        {
            Design(row, (double)phase / Phases, cutoff, halfWidth, beta);
            for (int i = 0; i < Taps; i++)
            {
                _rows[(phase * Taps) + i] = (float)row[i];
            }
        }
    }

    /// <summary>Taps in a row, a multiple of 32; the first ones may be zero.</summary>
    public int Taps { get; }

    /// <summary>How many input samples after the one at or before the output's position a row reaches.</summary>
    public int After { get; }

    /// <summary>Rows between two input samples.</summary>
    public int Phases { get; }

    /// <summary>Whether an output lies between two rows in general.</summary>
    public bool Interpolated { get; }

    public ReadOnlySpan<float> Row(int phase) => _rows.AsSpan(phase * Taps, Taps);

    /// <summary>
    /// The row for an output <paramref name="phase"/> (0 to 1) of a sample after an input sample; the last tap belongs to the input
    /// sample <see cref="After"/> places later.
    /// </summary>
    private void Design(double[] row, double phase, double cutoff, double halfWidth, double beta)
    {
        double sum = 0;
        for (int i = 0; i < Taps; i++)
        {
            double t = i - (Taps - 1 - After) - phase;
            double u = t / halfWidth;
            double value = 0;
            if (Math.Abs(u) < 1)
            {
                double x = 2 * Math.PI * cutoff * t;
                double sinc = Math.Abs(x) < 1e-9 ? 1 : Math.Sin(x) / x;
                value = sinc * BesselI0(beta * Math.Sqrt(1 - (u * u)));
            }

            row[i] = value;
            sum += value;
        }

        // Each row passes a constant unchanged, so that an offset gets no tone at the rate of the phases.
        for (int i = 0; i < Taps; i++)
        {
            row[i] /= sum;
        }
    }

    /// <summary>Modified Bessel function of order zero by its power series (Abramowitz and Stegun 9.6.12).</summary>
    private static double BesselI0(double x)
    {
        double quarter = 0.25 * x * x;
        double term = 1;
        double sum = 1;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= quarter / ((double)k * k);
            sum += term;
        }

        return sum;
    }
}
