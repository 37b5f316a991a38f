namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>
/// How words are cut into subtitles. The defaults follow broadcasters' practice: two lines of 42 characters, at most seven
/// seconds, at least one.
/// </summary>
public sealed record CueOptions
{
    /// <summary>The most characters of a line; a longer word has a line of its own. Default: 42.</summary>
    public int LineLength { get; init; } = 42;

    /// <summary>The most lines of a subtitle. Default: 2.</summary>
    public int Lines { get; init; } = 2;

    /// <summary>The longest time a subtitle stands. Default: 7 s.</summary>
    public TimeSpan LongestTime { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>A subtitle stands at least this long, unless the next one comes or the recording ends. Default: 1 s.</summary>
    public TimeSpan ShortestTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A pause between words that ends a subtitle. Default: 0.7 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(0.7);

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(LineLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Lines, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(LongestTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ShortestTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ShortestTime, LongestTime);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Pause, TimeSpan.Zero);
    }
}
