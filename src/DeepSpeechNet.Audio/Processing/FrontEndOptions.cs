using System.Numerics;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// How samples become features. A model is trained with one front end and must be run with the same, so this record is stored
/// with the model; it has plain properties and text enumerations for that.
/// </summary>
public sealed record FrontEndOptions
{
    /// <summary>
    /// The definition of Kaldi's compute-fbank-feats without dither: Povey window, pre-emphasis 0.97, offset removal, samples on
    /// the 16-bit scale, energies not below the float epsilon, no normalisation. It has 80 bands, as recipes do; Kaldi's own
    /// default is 23 (<c>FrontEndOptions.Kaldi with { MelBins = 23 }</c>).
    /// </summary>
    public static FrontEndOptions Kaldi { get; } = new()
    {
        Window = WindowShape.Povey,
        PreEmphasis = 0.97f,
        RemoveOffset = true,
        SampleScale = 32768,
        Floor = 1.1920929e-07f,
        Normalisation = FeatureNormalisation.None,
    };

    /// <summary>Samples a second that the front end takes.</summary>
    public int SampleRate { get; init; } = 16000;

    /// <summary>Length of a frame in seconds.</summary>
    public double WindowSeconds { get; init; } = 0.025;

    /// <summary>Distance from the start of a frame to the start of the next in seconds.</summary>
    public double HopSeconds { get; init; } = 0.010;

    /// <summary>Taper laid over each frame.</summary>
    public WindowShape Window { get; init; } = WindowShape.Hann;

    /// <summary>
    /// p in y[n] = x[n] - p x[n - 1] within a frame (for n = 0 the sample itself stands for the one before it); 0 for none.
    /// </summary>
    public float PreEmphasis { get; init; }

    /// <summary>Whether the mean of each frame is taken off before pre-emphasis.</summary>
    public bool RemoveOffset { get; init; }

    /// <summary>What samples in [-1, 1) are multiplied by first: 1, or 32768 for the scale of 16-bit samples.</summary>
    public float SampleScale { get; init; } = 1;

    /// <summary>What a frame is described by.</summary>
    public FeatureKind Feature { get; init; } = FeatureKind.LogMel;

    /// <summary>Number of mel bands of <see cref="FeatureKind.LogMel"/> and <see cref="FeatureKind.Mfcc"/>.</summary>
    public int MelBins { get; init; } = 80;

    /// <summary>Lower end of the lowest mel band in Hz.</summary>
    public double LowHertz { get; init; } = 20;

    /// <summary>
    /// Upper end of the highest mel band in Hz; 0 or less is counted from the Nyquist frequency (0: the Nyquist frequency
    /// itself).
    /// </summary>
    public double HighHertz { get; init; }

    /// <summary>Number of cepstral coefficients, the zeroth included.</summary>
    public int MfccCount { get; init; } = 13;

    /// <summary>L of the cepstral lifter 1 + L/2 sin(pi n / L) (HTK book, "Cepstral Features"); 0 for none.</summary>
    public double CepstralLifter { get; init; } = 22;

    /// <summary>
    /// 0 for the features alone, 1 to append their slopes over time, 2 to append the slopes of the slopes as well.
    /// </summary>
    public int Deltas { get; init; }

    /// <summary>How features are normalised, after deltas were appended.</summary>
    public FeatureNormalisation Normalisation { get; init; } = FeatureNormalisation.PerUtterance;

    /// <summary>Memory of <see cref="FeatureNormalisation.Running"/> in seconds.</summary>
    public double RunningSeconds { get; init; } = 3;

    /// <summary>
    /// Energies below this are raised to it before the logarithm; it is on the scale that <see cref="SampleScale"/> gives. The
    /// default lies some 10 dB above what rounding to 16 bits leaves in a mel band: digital silence then looks much like a quiet
    /// room, and bands that a recording does not have (above 4 kHz from a telephone) stay flat.
    /// </summary>
    public float Floor { get; init; } = 1e-6f;

    /// <summary>
    /// Samples of a frame: <see cref="WindowSeconds"/> at <see cref="SampleRate"/>, rounded down as Kaldi does.
    /// </summary>
    internal int WindowSamples => (int)((WindowSeconds * SampleRate) + 1e-6);

    /// <summary>Samples from one frame to the next, rounded down.</summary>
    internal int HopSamples => (int)((HopSeconds * SampleRate) + 1e-6);

    /// <summary>Length of the Fourier transform: the power of two that holds a frame.</summary>
    internal int FourierLength => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(WindowSamples, 2));

    /// <summary>The upper end of the highest band in Hz, counted from zero.</summary>
    internal double ResolvedHighHertz => HighHertz > 0 ? HighHertz : (SampleRate / 2.0) + HighHertz;

    /// <summary>Features of a frame before deltas.</summary>
    internal int StaticFeatureCount => Feature switch
    {
        FeatureKind.LogMel => MelBins,
        FeatureKind.Mfcc => MfccCount,
        _ => (FourierLength / 2) + 1,
    };

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(SampleRate), SampleRate, 1000, 768000);
        OptionCheck.Range(nameof(WindowSeconds), WindowSeconds, 2.0 / SampleRate, 65536.0 / SampleRate);
        OptionCheck.Range(nameof(HopSeconds), HopSeconds, 1.0 / SampleRate, 65536.0 / SampleRate);
        OptionCheck.Known(nameof(Window), Window);
        OptionCheck.Range(nameof(PreEmphasis), PreEmphasis, 0, 1);
        OptionCheck.Range(nameof(SampleScale), SampleScale, 1e-6, 1e6);
        OptionCheck.Known(nameof(Feature), Feature);
        OptionCheck.Range(nameof(MelBins), MelBins, 1, 4096);
        OptionCheck.Range(nameof(LowHertz), LowHertz, 0, SampleRate / 2.0);
        if (!(ResolvedHighHertz > LowHertz && ResolvedHighHertz <= SampleRate / 2.0))
        {
            throw new ArgumentException(
                $"{nameof(HighHertz)} is {HighHertz}, which is {ResolvedHighHertz} Hz; it must be above {nameof(LowHertz)} ({LowHertz}) "
                + $"and at most the Nyquist frequency ({SampleRate / 2.0}).");
        }

        OptionCheck.Range(nameof(MfccCount), MfccCount, 1, Feature == FeatureKind.Mfcc ? MelBins : 4096);
        OptionCheck.Range(nameof(CepstralLifter), CepstralLifter, 0, 1000);
        OptionCheck.Range(nameof(Deltas), Deltas, 0, 2);
        OptionCheck.Known(nameof(Normalisation), Normalisation);
        if (Normalisation == FeatureNormalisation.Level && (Deltas > 0 || Feature is FeatureKind.Mfcc or FeatureKind.PowerSpectrogram))
            throw new ArgumentException($"{nameof(Normalisation)} is {Normalisation}, which is for logarithmic energies without deltas; the features are {Feature} with {Deltas} orders of deltas.");
        OptionCheck.Range(nameof(RunningSeconds), RunningSeconds, HopSeconds, 3600);
        OptionCheck.Range(nameof(Floor), Floor, 1e-37, 1e30);
    }
}
