namespace DeepSpeechNet.Audio.Capture.Alsa;

/// <summary>What ALSA has to capture from.</summary>
internal static class AlsaDevices
{
    /// <summary>All devices that are not for playing alone, as ALSA orders them.</summary>
    public static IReadOnlyList<MicrophoneDevice> List(AlsaLibrary library)
    {
        List<MicrophoneDevice> devices = [];
        foreach ((string? name, string? description, string? direction) in library.Hints())
        {
            if (name is not null && direction != "Output" && name != "null")
                devices.Add(new MicrophoneDevice(name, (description ?? "").ReplaceLineEndings(", ")));
        }

        return devices;
    }
}
