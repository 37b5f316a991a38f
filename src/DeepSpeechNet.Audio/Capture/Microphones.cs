using DeepSpeechNet.Audio.Capture.Alsa;

namespace DeepSpeechNet.Audio.Capture;

/// <summary>The microphones of this machine: on Linux through ALSA (libasound.so.2), and so through PulseAudio and PipeWire where they run.</summary>
public static class Microphones
{
    /// <summary>Why there are no microphones here, in a sentence; null where there may be some.</summary>
    public static string? Unavailable => !OperatingSystem.IsLinux()
        ? "Microphones are captured on Linux alone so far."
        : AlsaLibrary.Instance is null ? "Microphones need ALSA's library libasound.so.2, which is not installed: install it (Debian and Ubuntu: apt-get install libasound2, or libasound2t64)." : null;

    /// <summary>The devices that can be opened.</summary>
    /// <exception cref="CaptureException">There is no way to capture sound here.</exception>
    public static IReadOnlyList<MicrophoneDevice> List() => AlsaDevices.List(Library());

    /// <summary>Opens a microphone; it listens from the first chunk that is asked for.</summary>
    /// <param name="options">Which, and how; null for the system's default at 16 kHz.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="CaptureException">There is no such device, it is in use, or there is no way to capture sound here.</exception>
    public static IMicrophone Open(MicrophoneOptions? options = null)
    {
        options ??= new MicrophoneOptions();
        options.Validate();
        return new AlsaMicrophone(Library(), options);
    }

    private static AlsaLibrary Library() => Unavailable is { } reason ? throw new CaptureException(reason) : AlsaLibrary.Instance!;
}
