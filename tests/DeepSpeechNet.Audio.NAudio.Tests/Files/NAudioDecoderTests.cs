using System.Text;
using DeepSpeechNet.Audio.NAudio.Files;

namespace DeepSpeechNet.Audio.NAudio.Tests.Files;

public sealed class NAudioDecoderTests
{
    private static readonly byte[] Mp3 = [0xFF, 0xFB, 0x90, 0xC0], Adts = [0xFF, 0xF1, 0x50, 0x80], M4a = [0, 0, 0, 0x20, .. "ftypM4A "u8];
    private static readonly byte[] Wav = [.. "RIFF"u8, 4, 0, 0, 0, .. "WAVE"u8], Aiff = [.. "FORM"u8, 0, 0, 0, 4, .. "AIFF"u8];

    [Fact]
    public void Formats_are_known_by_their_first_bytes()
    {
        Assert.Equal(NAudioFormat.Wav, NAudioDecoder.Identify(Wav));
        Assert.Equal(NAudioFormat.Aiff, NAudioDecoder.Identify(Aiff));
        Assert.Equal(NAudioFormat.Aiff, NAudioDecoder.Identify([.. "FORM"u8, 0, 0, 0, 4, .. "AIFC"u8]));
        Assert.Equal(NAudioFormat.Mp3, NAudioDecoder.Identify(Mp3));
        Assert.Equal(NAudioFormat.Mp3, NAudioDecoder.Identify("ID3\x04\0\0\0\0\0\x0A"u8));
        Assert.Equal(NAudioFormat.Media, NAudioDecoder.Identify(Adts));
        Assert.Equal(NAudioFormat.Media, NAudioDecoder.Identify(M4a));
        Assert.Equal(NAudioFormat.Media, NAudioDecoder.Identify([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66]));
        byte[][] others = [[], [0xFF], "RIFF"u8.ToArray(), "RIFF\x04\0\0\0AVI "u8.ToArray(), "FORM\0\0\0\x04ILBM"u8.ToArray(), "fLaC"u8.ToArray(), "OggS"u8.ToArray(), [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("a talk")], [0xFF, 0xFB, 0xFF, 0xFF], [0xFF, 0xF1, 0x7C, 0]];
        Assert.All(others, start => Assert.Equal(NAudioFormat.Unknown, NAudioDecoder.Identify(start)));
    }

    [Fact]
    public void What_Windows_decodes_is_read_on_Windows_alone()
    {
        NAudioDecoder here = new(windows: false), windows = new(windows: true);
        Assert.All(new[] { Mp3, Adts, M4a }, start => Assert.False(here.Reads(start)));
        Assert.All(new[] { Mp3, Adts, M4a, Aiff }, start => Assert.True(windows.Reads(start)));
        Assert.False(windows.Reads("OggS"u8));
    }

    [Fact]
    public void What_it_cannot_read_is_refused_in_a_sentence()
    {
        NAudioDecoder here = new(windows: false);
        AudioFormatException fault = Assert.Throws<AudioFormatException>(() => here.Open(new MemoryStream(M4a), M4a, "talk.m4a"));
        Assert.StartsWith("talk.m4a: its format, MP4, AAC or WMA, is ", fault.Message, StringComparison.Ordinal);
        Assert.Equal("x: NAudio does not read its format.", Assert.Throws<AudioFormatException>(() => here.Open(new MemoryStream(), "OggS"u8, "x")).Message);
    }
}
