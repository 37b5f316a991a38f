using DeepSpeechNet.Audio.Capture;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.NAudio.Capture;
using DeepSpeechNet.Audio.NAudio.Files;

namespace DeepSpeechNet.Audio.NAudio.Tests;

/// <summary>A build without the package, where it would help.</summary>
public sealed class PlainBuildTests
{
    private const string Missing = "This build has no NAudio: build with -p:OptionalPackages=true.";

    private static readonly byte[] M4a = [0, 0, 0, 0x20, .. "ftypM4A "u8, .. new byte[30]];

    [Fact]
    public void Microphones_say_what_is_missing_and_what_to_do()
    {
        NAudioMicrophones microphones = new(windows: true);
        Assert.Equal($"Microphones are captured through NAudio on Windows. {Missing}", microphones.Unavailable);
        Assert.Equal(microphones.Unavailable, Assert.Throws<CaptureException>(() => microphones.Open()).Message);
        Assert.Equal(microphones.Unavailable, Assert.Throws<CaptureException>(microphones.List).Message);
    }

    [Fact]
    public void Files_that_the_package_would_read_say_so()
    {
        AudioReadOptions options = new() { Decoders = [new NAudioDecoder(windows: true)] };
        Assert.Equal(
            $"talk.m4a: its format, MP4, AAC or WMA, is read through NAudio. {Missing}",
            Assert.Throws<AudioFormatException>(() => AudioFile.Open(new MemoryStream(M4a), "talk.m4a", options)).Message);
    }

    [Fact]
    public void Where_the_package_would_not_help_it_is_not_named()
    {
        AudioReadOptions options = new() { Decoders = [new NAudioDecoder(windows: false)] };
        string message = Assert.Throws<AudioFormatException>(() => AudioFile.Open(new MemoryStream(M4a), "talk.m4a", options)).Message;
        Assert.StartsWith("talk.m4a: it is an MP4 or M4A file. WAV and FLAC are read", message, StringComparison.Ordinal);
        Assert.DoesNotContain("NAudio", message, StringComparison.Ordinal);
    }
}
