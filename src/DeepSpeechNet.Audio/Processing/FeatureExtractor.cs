using DeepSpeechNet.Audio.Processing.Lanes;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Turns the samples of an utterance into frames of features. Frame t describes the samples from t H to t H + W - 1, H the hop
/// and W the window in samples; only frames that lie wholly within the samples are made (Kaldi's "snip edges"). Nothing is
/// allocated after construction. An object keeps working space: one thread at a time; make one for each thread.
/// </summary>
public sealed unsafe class FeatureExtractor
{
    private readonly FrameKernel _kernel;
    private readonly RunningNormaliser? _running;
    private readonly int _staticFeatures;

    /// <summary>Prepares windows, tables and working space.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public FeatureExtractor(FrontEndOptions options)
        : this(options, null)
    {
    }

    /// <summary>Prepares the same with another Fourier transform than the built-in one.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="fourier">Makes a transform of a length, which is the power of two that holds a window; null for the built-in one.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the transform has another length than was asked for.</exception>
    public FeatureExtractor(FrontEndOptions options, Func<int, IFourierTransform>? fourier)
        : this(options, Make(options, fourier), 0)
    {
    }

    internal FeatureExtractor(FrontEndOptions options, IFourierTransform? transform, int vectorBits)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        WindowSamples = options.WindowSamples;
        HopSamples = options.HopSamples;
        _staticFeatures = options.StaticFeatureCount;
        FeatureCount = _staticFeatures * (options.Deltas + 1);
        _kernel = FrameKernel.Create(options, transform, vectorBits);
        if (options.Normalisation == FeatureNormalisation.Running)
            _running = new RunningNormaliser(FeatureCount, options.RunningSeconds / options.HopSeconds);
    }

    /// <summary>The settings.</summary>
    public FrontEndOptions Options { get; }

    /// <summary>Numbers that describe a frame, slopes included.</summary>
    public int FeatureCount { get; }

    /// <summary>W, the samples of a frame.</summary>
    public int WindowSamples { get; }

    /// <summary>H, the samples from one frame to the next.</summary>
    public int HopSamples { get; }

    /// <summary>
    /// How many frames so many samples give: 1 + (n - W) / H rounded down, and 0 for fewer samples than a window.
    /// </summary>
    public int FrameCount(int sampleCount) => sampleCount < WindowSamples ? 0 : 1 + ((sampleCount - WindowSamples) / HopSamples);

    /// <summary>Computes the features of an utterance, slopes and normalisation included.</summary>
    /// <param name="samples">
    /// Samples in [-1, 1) at <see cref="FrontEndOptions.SampleRate"/>; fewer than a window give no frames.
    /// </param>
    /// <param name="frames">
    /// <c>[time, feature]</c>, row-major: receives <see cref="FrameCount"/> times <see cref="FeatureCount"/> numbers; what lies
    /// behind them is left alone.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="frames"/> is too short.</exception>
    public void Compute(ReadOnlySpan<float> samples, Span<float> frames)
    {
        int count = ComputeStatic(samples, frames);
        frames = frames[..(count * FeatureCount)];
        Deltas.Append(frames, _staticFeatures, Options.Deltas);
        switch (Options.Normalisation)
        {
            case FeatureNormalisation.PerUtterance:
                UtteranceNormaliser.Apply(frames, FeatureCount);
                break;
            case FeatureNormalisation.Level:
                LevelNormaliser.Apply(frames);
                break;
            case FeatureNormalisation.Running:
                _running!.Reset();
                _running.Apply(frames);
                break;
        }
    }

    /// <summary>Computes the features before slopes and normalisation; rows are <see cref="FeatureCount"/> apart.</summary>
    /// <returns>How many frames there were.</returns>
    internal int ComputeStatic(ReadOnlySpan<float> samples, Span<float> frames)
    {
        int count = FrameCount(samples.Length);
        if (frames.Length < (long)count * FeatureCount)
        {
            throw new ArgumentException(
                $"{samples.Length} samples give {count} frames of {FeatureCount} features; the space given holds {frames.Length} numbers.");
        }

        fixed (float* source = samples)
        fixed (float* target = frames)
            _kernel.Compute(source, samples.Length, count, target, FeatureCount);
        return count;
    }

    private static IFourierTransform? Make(FrontEndOptions options, Func<int, IFourierTransform>? fourier)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return fourier?.Invoke(options.FourierLength);
    }
}
