namespace DeepSpeechNet.Audio.Capture.Alsa;

/// <summary>The microphones of ALSA.</summary>
internal sealed class AlsaMicrophones : IMicrophones
{
    /// <inheritdoc/>
    public string? Unavailable => !OperatingSystem.IsLinux()
        ? "This library captures microphones on Linux alone; on Windows DeepSpeechNet.Audio.NAudio does."
        : AlsaLibrary.Instance is null ? "Microphones need ALSA's library libasound.so.2, which is not installed: install it (Debian and Ubuntu: apt-get install libasound2, or libasound2t64)." : null;

    /// <inheritdoc/>
    public IReadOnlyList<MicrophoneDevice> List() => AlsaDevices.List(Library());

    /// <inheritdoc/>
    public IMicrophone Open(MicrophoneOptions? options = null)
    {
        options ??= new MicrophoneOptions();
        options.Validate();
        return new AlsaMicrophone(Library(), options);
    }

    private AlsaLibrary Library() => Unavailable is { } reason ? throw new CaptureException(reason) : AlsaLibrary.Instance!;
}
