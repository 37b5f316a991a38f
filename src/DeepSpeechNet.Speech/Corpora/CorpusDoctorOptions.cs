namespace DeepSpeechNet.Speech.Corpora;

/// <summary>What the corpus doctor looks for.</summary>
public sealed record CorpusDoctorOptions
{
    /// <summary>Frames per second that the network gives letters at, after striding. Default 50.</summary>
    public double FramesPerSecond { get; init; } = 50;

    /// <summary>Shortest usual clip, in seconds. Default 0.2.</summary>
    public double MinimumSeconds { get; init; } = 0.2;

    /// <summary>Longest usual clip, in seconds. Default 30.</summary>
    public double MaximumSeconds { get; init; } = 30;

    /// <summary>Share of samples at full scale above which a clip counts as clipped. Default 0.001.</summary>
    public double ClippedShare { get; init; } = 0.001;

    /// <summary>Peak under which a clip counts as silent, full scale being 1. Default 0.003 (about -50 dB).</summary>
    public double SilentPeak { get; init; } = 0.003;

    /// <summary>Largest difference between stated and real length, in seconds. Default 0.1.</summary>
    public double DurationTolerance { get; init; } = 0.1;

    /// <summary>How many robust standard deviations a clip's logarithm of letters per second may lie from the median of its
    /// collection. Default 5.</summary>
    public double RateDeviations { get; init; } = 5;

    /// <summary>Threads that read clips. Default: one a processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (!(FramesPerSecond > 0)) throw new ArgumentException($"FramesPerSecond is {FramesPerSecond}; it must be above 0.");
        if (!(MinimumSeconds >= 0) || !(MaximumSeconds >= MinimumSeconds))
            throw new ArgumentException($"MinimumSeconds is {MinimumSeconds} and MaximumSeconds {MaximumSeconds}; they must be 0 or more, in this order.");
        if (ClippedShare is not (>= 0 and <= 1)) throw new ArgumentException($"ClippedShare is {ClippedShare}; it must be from 0 to 1.");
        if (SilentPeak is not (>= 0 and <= 1)) throw new ArgumentException($"SilentPeak is {SilentPeak}; it must be from 0 to 1.");
        if (!(DurationTolerance >= 0)) throw new ArgumentException($"DurationTolerance is {DurationTolerance}; it must be 0 or more.");
        if (!(RateDeviations > 0)) throw new ArgumentException($"RateDeviations is {RateDeviations}; it must be above 0.");
        if (Threads < 1) throw new ArgumentException($"Threads is {Threads}; it must be at least 1.");
    }
}
