using System.Numerics;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// How much of the sound repeats itself at the pitch of a voice, 70 to 400 Hz: the highest normalised autocorrelation sum x[n] x[n-k] / sqrt(sum x[n]^2 sum x[n-k]^2)
/// over lags k of that range, on the last 40 ms, brought down to about 4 kHz by averaging.
/// </summary>
internal sealed class VoicingMeter
{
    private const double LowestPitch = 70, HighestPitch = 400, WindowSeconds = 0.026;

    private readonly int _every;
    private readonly int _shortest;
    private readonly int _longest;
    private readonly int _window;
    private readonly float[] _past;
    private float _sum;
    private int _summed;

    public VoicingMeter(int sampleRate)
    {
        _every = Math.Max(1, (int)Math.Round(sampleRate / 4000.0));
        double rate = (double)sampleRate / _every;
        _shortest = Math.Max(2, (int)(rate / HighestPitch));
        _longest = (int)Math.Ceiling(rate / LowestPitch);
        _window = (int)(rate * WindowSeconds);
        _past = new float[_window + _longest];
    }

    /// <summary>Takes the next samples and measures the last ones: 0 for noise, near 1 for a steady vowel.</summary>
    public double Hear(ReadOnlySpan<float> samples)
    {
        int count = (_summed + samples.Length) / _every;
        if (count > 0)
            Array.Copy(_past, Math.Min(count, _past.Length), _past, 0, Math.Max(0, _past.Length - count));
        int at = _past.Length - count;
        foreach (float sample in samples)
        {
            _sum += sample;
            if (++_summed < _every)
                continue;
            if (at >= 0)
                _past[at] = _sum;
            at++;
            _sum = 0;
            _summed = 0;
        }

        return Measure();
    }

    /// <summary>Forgets what was heard.</summary>
    public void Reset()
    {
        Array.Clear(_past);
        _sum = 0;
        _summed = 0;
    }

    private double Measure()
    {
        float mean = 0;
        foreach (float x in _past)
            mean += x;
        mean /= _past.Length;
        Span<float> past = stackalloc float[_past.Length];
        for (int i = 0; i < past.Length; i++)
            past[i] = _past[i] - mean;
        ReadOnlySpan<float> now = past[_longest..];
        double energy = Dot(now, now), best = 0;
        if (energy <= 0)
            return 0;
        for (int lag = _shortest; lag <= _longest; lag++)
        {
            ReadOnlySpan<float> before = past.Slice(_longest - lag, _window);
            double other = Dot(before, before);
            if (other > 0)
                best = Math.Max(best, Dot(now, before) / Math.Sqrt(energy * other));
        }

        return best;
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sums = Vector<float>.Zero;
        int n = 0;
        for (; n <= a.Length - Vector<float>.Count; n += Vector<float>.Count)
            sums += new Vector<float>(a[n..]) * new Vector<float>(b[n..]);
        double sum = Vector.Sum(sums);
        for (; n < a.Length; n++)
            sum += a[n] * b[n];
        return sum;
    }
}
