using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.NAudio.Files;
using DeepSpeechNet.Audio.Tests.Files.Wav;

namespace DeepSpeechNet.Audio.NAudio.Tests.Files;

/// <summary>WAV files through NAudio, by the rules of the built-in reader.</summary>
public sealed class WavReadingTests : WavRules
{
    protected override AudioReadOptions Options { get; } = new() { Decoders = [new NAudioDecoder(windows: false)], DecodersFirst = true };

    [Fact]
    public void It_is_NAudio_that_reads()
    {
        // A packed coding that it opens and this library does not.
        AssertFault("NAudio reads it as 4 bits of DviAdpcm, which are not samples.", WavFile.Make(0x11, 1, 4, WavFile.Bytes(1, 2)));
        AssertFault("NAudio cannot read it: ", [.. "RIFF"u8, 4, 0, 0, 0, .. "WAVE"u8]);
    }
}
