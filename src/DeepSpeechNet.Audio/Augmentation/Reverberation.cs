using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Augmentation;

/// <summary>
/// Puts an utterance into a made-up room: it is convolved with a response of the direct sound, a few early reflections, and
/// Gaussian noise that decays exponentially by 60 dB in the reverberation time (Polack 1988; the envelope is e^(-6.91 t / RT60)).
/// The utterance keeps its length, its place in time and its energy. Working space is kept: one thread at a time.
/// </summary>
public sealed class Reverberation
{
    private const double EarlySeconds = 0.05;
    private const int EarlyReflections = 8;
    private readonly ReverberationOptions _options;
    private readonly int _sampleRate;
    private readonly float[] _response;
    private readonly Convolution _convolution = new();

    /// <summary>Takes the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public Reverberation(ReverberationOptions options, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        OptionCheck.Range(nameof(sampleRate), sampleRate, 1000, 768000);
        _options = options;
        _sampleRate = sampleRate;
        _response = new float[ResponseLength(options.HighSeconds)];
    }

    /// <summary>Reverberates the samples in place.</summary>
    /// <returns>The reverberation time in seconds.</returns>
    public double Apply(Span<float> samples, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double seconds = random.NextUniform(_options.LowSeconds, _options.HighSeconds);
        double direct = random.NextUniform(_options.LowDirectDecibels, _options.HighDirectDecibels);
        Span<float> response = _response.AsSpan(0, Math.Max(1, Math.Min(ResponseLength(seconds), samples.Length)));
        Respond(response, _sampleRate, seconds, direct, random);

        double before = Energy(samples);
        _convolution.Apply(samples, response);
        double after = Energy(samples);
        if (!(before > 0 && after > 0))
            return seconds;
        float gain = (float)Math.Sqrt(before / after);
        foreach (ref float x in samples)
            x *= gain;
        return seconds;
    }

    /// <summary>Fills in a room's response; the direct sound is 1 at time 0.</summary>
    internal static void Respond(Span<float> response, int sampleRate, double seconds, double directDecibels, RandomSource random)
    {
        double decay = Math.Exp(-Math.Log(1000) / (seconds * sampleRate));

        // The noise sets in over the early part, where single reflections stand out instead.
        int early = (int)(EarlySeconds * sampleRate);
        double envelope = 1;
        for (int n = 1; n < response.Length; n++)
        {
            envelope *= decay;
            response[n] = (float)(random.NextGaussian() * envelope * Math.Min(1, (double)n / early));
        }

        for (int i = 0; i < EarlyReflections; i++)
        {
            int at = 1 + (int)(random.NextUniform(0.04, 1) * early);
            double sign = random.NextUniform() < 0.5 ? -1 : 1;
            double size = sign * random.NextUniform(2, 6) * Math.Pow(decay, at);
            if (at < response.Length)
                response[at] += (float)size;
        }

        double energy = Energy(response[1..]);
        float gain = energy > 0 ? (float)Math.Sqrt(Math.Pow(10, -directDecibels / 10) / energy) : 0;
        foreach (ref float h in response[1..])
            h *= gain;
        response[0] = 1;
    }

    private int ResponseLength(double seconds) => 1 + (int)(seconds * _sampleRate);

    private static double Energy(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (float x in samples)
            sum += (double)x * x;
        return sum;
    }
}
