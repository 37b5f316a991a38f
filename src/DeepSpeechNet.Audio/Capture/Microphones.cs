using DeepSpeechNet.Audio.Capture.Alsa;

namespace DeepSpeechNet.Audio.Capture;

/// <summary>The microphones of this machine: on Linux through ALSA (libasound.so.2), and so through PulseAudio and PipeWire where they run.</summary>
public static class Microphones
{
    /// <summary>The same as an object, for who can do with several ways to capture sound.</summary>
    public static IMicrophones Alsa { get; } = new AlsaMicrophones();

    /// <summary>Why there are no microphones here, in a sentence; null where there may be some.</summary>
    public static string? Unavailable => Alsa.Unavailable;

    /// <summary>The devices that can be opened.</summary>
    /// <exception cref="CaptureException">There is no way to capture sound here.</exception>
    public static IReadOnlyList<MicrophoneDevice> List() => Alsa.List();

    /// <summary>Opens a microphone; it listens from the first chunk that is asked for.</summary>
    /// <param name="options">Which, and how; null for the system's default at 16 kHz.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="CaptureException">There is no such device, it is in use, or there is no way to capture sound here.</exception>
    public static IMicrophone Open(MicrophoneOptions? options = null) => Alsa.Open(options);
}
