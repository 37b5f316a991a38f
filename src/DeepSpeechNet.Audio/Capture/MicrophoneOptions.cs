namespace DeepSpeechNet.Audio.Capture;

/// <summary>Which microphone, and how to listen to it.</summary>
public sealed record MicrophoneOptions
{
    /// <summary>The device, by the name that <see cref="Microphones.List"/> gives.</summary>
    public string Device { get; init; } = "default";

    /// <summary>Samples a second, in hertz; the system resamples where the device has other rates.</summary>
    public int SampleRate { get; init; } = 16000;

    /// <summary>How long a chunk is, in seconds.</summary>
    public double ChunkSeconds { get; init; } = 0.04;

    /// <summary>How much sound the system keeps for a reader who is late, in seconds.</summary>
    public double BufferSeconds { get; init; } = 0.5;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Device))
            throw new ArgumentException($"{nameof(Device)} is empty; it must name a device, such as default.");
        OptionCheck.Range(nameof(SampleRate), SampleRate, 4000, 192_000);
        OptionCheck.Range(nameof(ChunkSeconds), ChunkSeconds, 0.005, 1);
        OptionCheck.Range(nameof(BufferSeconds), BufferSeconds, 2 * ChunkSeconds, 10);
    }
}
