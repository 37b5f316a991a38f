namespace DeepSpeechNet.Audio.Capture;

/// <summary>A way to capture sound: the microphones that it has, and opening one.</summary>
public interface IMicrophones
{
    /// <summary>Why there are no microphones this way, in a sentence; null where there may be some.</summary>
    string? Unavailable { get; }

    /// <summary>The devices that can be opened.</summary>
    /// <exception cref="CaptureException">There is no way to capture sound here.</exception>
    IReadOnlyList<MicrophoneDevice> List();

    /// <summary>Opens a microphone; it listens from the first chunk that is asked for.</summary>
    /// <param name="options">Which, and how; null for the system's default at 16 kHz.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="CaptureException">There is no such device, it is in use, or there is no way to capture sound here.</exception>
    IMicrophone Open(MicrophoneOptions? options = null);
}
