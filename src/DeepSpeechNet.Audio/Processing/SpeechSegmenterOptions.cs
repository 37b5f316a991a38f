namespace DeepSpeechNet.Audio.Processing;

/// <summary>When <see cref="SpeechSegmenter"/> takes a sound for speech and where it cuts.</summary>
public sealed record SpeechSegmenterOptions
{
    /// <summary>A segment in which nothing was said ends after this many seconds.</summary>
    public double NothingSaidSeconds { get; init; } = 2.4;

    /// <summary>
    /// The pause after speech that ends a segment no longer than <see cref="LongPauseUntilSeconds"/>, in seconds.
    /// </summary>
    public double LongPauseSeconds { get; init; } = 1.2;

    /// <summary>
    /// The pause after speech that ends a segment longer than <see cref="ShortPauseFromSeconds"/>, in seconds; in between,
    /// between.
    /// </summary>
    public double ShortPauseSeconds { get; init; } = 0.8;

    /// <summary>Up to this age of a segment <see cref="LongPauseSeconds"/> holds, in seconds.</summary>
    public double LongPauseUntilSeconds { get; init; } = 5;

    /// <summary>From this age of a segment on <see cref="ShortPauseSeconds"/> holds, in seconds.</summary>
    public double ShortPauseFromSeconds { get; init; } = 15;

    /// <summary>No segment is longer than this, in seconds; one that reaches it is cut at a quiet place.</summary>
    public double MaximumSeconds { get; init; } = 20;

    /// <summary>The quiet place is looked for in so many seconds at the end.</summary>
    public double SearchSeconds { get; init; } = 5;

    /// <summary>Length of the quiet place in seconds; the cut is in its middle.</summary>
    public double QuietSeconds { get; init; } = 0.1;

    /// <summary>How much of a pause is left to the next segment, in seconds, so that soft first sounds are not lost.</summary>
    public double LeadSeconds { get; init; } = 0.3;

    /// <summary>How much silence stays around the speech of a segment that is trimmed, in seconds.</summary>
    public double PaddingSeconds { get; init; } = 0.3;

    /// <summary>A sound that is shorter is not speech, in seconds.</summary>
    public double OnsetSeconds { get; init; } = 0.05;

    /// <summary>What tells speech from background.</summary>
    public SpeechDetectorKind Detector { get; init; } = SpeechDetectorKind.Likelihood;

    /// <summary>How much louder than the background speech is, in decibels, where loudness tells.</summary>
    public double MarginDecibels { get; init; } = 8;

    /// <summary>What is this much softer than the loudest recent speech is not speech, in decibels, where loudness tells.</summary>
    public double RangeDecibels { get; init; } = 40;

    /// <summary>The background is taken to be at least this loud, in decibels below full scale.</summary>
    public double QuietestDecibels { get; init; } = -70;

    /// <summary>The background is the softest sound of the last so many seconds.</summary>
    public double BackgroundSeconds { get; init; } = 3;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        OptionCheck.Range(nameof(MaximumSeconds), MaximumSeconds, 1, 3600);
        OptionCheck.Range(nameof(LeadSeconds), LeadSeconds, 0.1, 10);
        OptionCheck.Range(nameof(PaddingSeconds), PaddingSeconds, 0, LeadSeconds);
        OptionCheck.Range(nameof(OnsetSeconds), OnsetSeconds, 0.01, LeadSeconds);
        OptionCheck.Range(nameof(NothingSaidSeconds), NothingSaidSeconds, LeadSeconds + 0.1, MaximumSeconds);
        OptionCheck.Range(nameof(ShortPauseSeconds), ShortPauseSeconds, LeadSeconds, MaximumSeconds);
        OptionCheck.Range(nameof(LongPauseSeconds), LongPauseSeconds, ShortPauseSeconds, MaximumSeconds);
        OptionCheck.Range(nameof(LongPauseUntilSeconds), LongPauseUntilSeconds, 0, 3600);
        OptionCheck.Range(nameof(ShortPauseFromSeconds), ShortPauseFromSeconds, LongPauseUntilSeconds, 3600);
        OptionCheck.Range(nameof(SearchSeconds), SearchSeconds, 0.1, MaximumSeconds - 0.1);
        OptionCheck.Range(nameof(QuietSeconds), QuietSeconds, 0.01, SearchSeconds);
        OptionCheck.Known(nameof(Detector), Detector);
        OptionCheck.Range(nameof(MarginDecibels), MarginDecibels, 1, 60);
        OptionCheck.Range(nameof(RangeDecibels), RangeDecibels, 5, 120);
        OptionCheck.Range(nameof(QuietestDecibels), QuietestDecibels, -150, 0);
        OptionCheck.Range(nameof(BackgroundSeconds), BackgroundSeconds, 0.1, 600);
    }
}
