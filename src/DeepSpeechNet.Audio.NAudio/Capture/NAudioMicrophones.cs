using DeepSpeechNet.Audio.Capture;

namespace DeepSpeechNet.Audio.NAudio.Capture;

/// <summary>The microphones of Windows through NAudio: WASAPI, and the older waveIn where that fails or is asked for (<c>wavein:0</c>). In a build without the package, and on other systems, it says so.</summary>
public sealed class NAudioMicrophones : IMicrophones
{
    private readonly bool _windows;

    /// <summary>The microphones of this system.</summary>
    public NAudioMicrophones()
        : this(OperatingSystem.IsWindows())
    {
    }

    internal NAudioMicrophones(bool windows) => _windows = windows;

    /// <inheritdoc/>
    public string? Unavailable => !_windows
        ? "NAudio captures microphones on Windows alone."
        : NAudioPackage.Unavailable is { } missing ? $"Microphones are captured through NAudio on Windows. {missing}" : null;

    /// <inheritdoc/>
    public IReadOnlyList<MicrophoneDevice> List()
    {
        Check();
#if NAUDIO
        return WindowsDevices.List();
#else
        throw new NotSupportedException(NAudioPackage.Unavailable);
#endif
    }

    /// <inheritdoc/>
    public IMicrophone Open(MicrophoneOptions? options = null)
    {
        options ??= new MicrophoneOptions();
        options.Validate();
        Check();
#if NAUDIO
        return WindowsDevices.Open(options);
#else
        throw new NotSupportedException(NAudioPackage.Unavailable);
#endif
    }

    private void Check()
    {
        if (Unavailable is { } reason)
            throw new CaptureException(reason);
    }
}
