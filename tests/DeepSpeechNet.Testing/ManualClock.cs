namespace DeepSpeechNet.Testing;

/// <summary>A clock that a test turns by hand.</summary>
public sealed class ManualClock : TimeProvider
{
    /// <summary>The time since the clock began.</summary>
    public TimeSpan Now { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Now.Ticks;
}
