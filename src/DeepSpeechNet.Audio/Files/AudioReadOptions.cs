namespace DeepSpeechNet.Audio.Files;

/// <summary>Limits for reading audio that may be hostile, and what may be used to read it.</summary>
public sealed record AudioReadOptions
{
    /// <summary>What is used where no options are given.</summary>
    public static AudioReadOptions Default { get; } = new();

    /// <summary>
    /// The most samples in each channel that are read, and the most that <see cref="AudioFile.ReadMono(string, int, AudioReadOptions?)"/>
    /// returns (2^30, that is 18 hours at 16 kHz, unless told). A small compressed file can announce far more than fits in memory.
    /// </summary>
    public long MaximumSamples { get; init; } = 1L << 30;

    /// <summary>
    /// The most bytes of a stream that cannot seek that are kept, in memory and then in a temporary file, for formats whose
    /// decoder must seek (1 GiB unless told). WAV and FLAC never need it.
    /// </summary>
    public long SpoolLimit { get; init; } = 1L << 30;

    /// <summary>
    /// Whether formats other than WAV and FLAC may go to libsndfile where the system has it (true unless told). A program that
    /// takes files from strangers may prefer to keep native code away from them.
    /// </summary>
    public bool AllowLibSndFile { get; init; } = true;

    /// <summary>
    /// Who else reads what is neither WAV nor FLAC and what libsndfile does not read either, asked in this order; nobody unless told.
    /// </summary>
    public IReadOnlyList<IAudioDecoder> Decoders { get; init; } = [];

    /// <summary>Whether <see cref="Decoders"/> are asked first, and alone for what they read, even for formats that are read here (false unless told).</summary>
    public bool DecodersFirst { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (MaximumSamples < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(MaximumSamples), MaximumSamples, "MaximumSamples must be at least 1.");
        }

        ArgumentNullException.ThrowIfNull(Decoders);
        if (SpoolLimit < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(SpoolLimit), SpoolLimit, "SpoolLimit must not be negative.");
        }
    }
}
