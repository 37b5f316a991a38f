using DeepSpeechNet.Audio.Capture;
using DeepSpeechNet.Audio.NAudio.Capture;

namespace DeepSpeechNet.Audio.NAudio.Tests.Capture;

public sealed class NAudioMicrophonesTests
{
    [Fact]
    public void Elsewhere_than_on_Windows_there_are_none_and_a_sentence_says_so()
    {
        NAudioMicrophones microphones = new(windows: false);
        Assert.Equal("NAudio captures microphones on Windows alone.", microphones.Unavailable);
        Assert.Equal(microphones.Unavailable, Assert.Throws<CaptureException>(() => microphones.Open()).Message);
        Assert.Equal(microphones.Unavailable, Assert.Throws<CaptureException>(microphones.List).Message);
    }

    [Fact]
    public void Settings_out_of_range_are_named_first() =>
        Assert.StartsWith("SampleRate is 10", Assert.Throws<ArgumentException>(() => new NAudioMicrophones(windows: false).Open(new MicrophoneOptions { SampleRate = 10 })).Message, StringComparison.Ordinal);
}
