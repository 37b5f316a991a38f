using System.Buffers.Binary;
using DeepSpeechNet.Audio.Files.Wav;
using NAudio.Wave;

namespace DeepSpeechNet.Audio.NAudio;

/// <summary>NAudio's descriptions of formats, in this library's terms.</summary>
internal static class SampleFormats
{
    /// <summary>Where the sub-format stands in what WAVEFORMATEXTENSIBLE adds to WAVEFORMATEX; its first two bytes are the tag of a plain format.</summary>
    private const int SubFormat = 6;

    /// <summary>How samples lie in bytes; null for a coding that is not one of plain numbers.</summary>
    public static SampleEncoding? Encoding(WaveFormat format)
    {
        WaveFormatEncoding tag = format.Encoding;
        if (tag == WaveFormatEncoding.Extensible)
        {
            tag = format switch
            {
                WaveFormatExtensible extensible => (WaveFormatEncoding)BinaryPrimitives.ReadUInt16LittleEndian(extensible.SubFormat.ToByteArray()),
                WaveFormatExtraData { ExtraSize: >= 22 } extra => (WaveFormatEncoding)BinaryPrimitives.ReadUInt16LittleEndian(extra.ExtraData.AsSpan(SubFormat)),
                _ => WaveFormatEncoding.Unknown,
            };
        }

        return (tag, format.BitsPerSample) switch
        {
            (WaveFormatEncoding.Pcm, 8) => SampleEncoding.Pcm8,
            (WaveFormatEncoding.Pcm, 16) => SampleEncoding.Pcm16,
            (WaveFormatEncoding.Pcm, 24) => SampleEncoding.Pcm24,
            (WaveFormatEncoding.Pcm, 32) => SampleEncoding.Pcm32,
            (WaveFormatEncoding.IeeeFloat, 32) => SampleEncoding.Float32,
            (WaveFormatEncoding.IeeeFloat, 64) => SampleEncoding.Float64,
            (WaveFormatEncoding.ALaw, 8) => SampleEncoding.ALaw,
            (WaveFormatEncoding.MuLaw, 8) => SampleEncoding.MuLaw,
            _ => null,
        };
    }
}
