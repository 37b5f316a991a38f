using DeepSpeechNet.Audio.Capture;

namespace DeepSpeechNet.Audio.Tests.Capture;

/// <summary>A test that captures sound through ALSA; where it is missing the test is skipped and says why.</summary>
public sealed class AlsaFactAttribute : FactAttribute
{
    public AlsaFactAttribute() => Skip = Microphones.Unavailable;
}
