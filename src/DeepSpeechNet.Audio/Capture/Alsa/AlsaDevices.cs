using System.Collections.Frozen;

namespace DeepSpeechNet.Audio.Capture.Alsa;

/// <summary>What ALSA has to capture from.</summary>
internal static class AlsaDevices
{
    // Definitions that convert what another device gives, and the one that gives nothing.
    private static readonly FrozenSet<string> NoDevices = FrozenSet.Create(StringComparer.Ordinal, "null", "lavrate", "samplerate", "speexrate", "speex", "upmix", "vdownmix", "oss");

    /// <summary>All devices that are not for playing alone, as ALSA orders them; sound servers are among them whether they run or not.</summary>
    public static IReadOnlyList<MicrophoneDevice> List(AlsaLibrary library)
    {
        List<MicrophoneDevice> devices = [];
        foreach ((string? name, string? description, string? direction) in library.Hints())
        {
            if (name is not null && direction != "Output" && !NoDevices.Contains(name))
                devices.Add(new MicrophoneDevice(name, (description ?? "").ReplaceLineEndings(", ")));
        }

        return devices;
    }
}
