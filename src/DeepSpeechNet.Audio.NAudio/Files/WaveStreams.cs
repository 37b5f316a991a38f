using NAudio;
using NAudio.FileFormats.Mp3;
using NAudio.Wave;

namespace DeepSpeechNet.Audio.NAudio.Files;

/// <summary>NAudio's reader for each format.</summary>
internal static class WaveStreams
{
    /// <summary>Opens content; what NAudio throws passes through.</summary>
    public static WaveStream Open(NAudioFormat format, Stream content) => format switch
    {
        NAudioFormat.Wav => new WaveFileReader(content),
        NAudioFormat.Aiff => new AiffFileReader(content),
        NAudioFormat.Mp3 => Mp3(content),
        _ => new StreamMediaFoundationReader(content),
    };

    /// <summary>NAudio's reader of MP3 frames with a decoder of the caller's.</summary>
    public static WaveStream Mp3(Stream content, Mp3FileReaderBase.FrameDecompressorBuilder decoder) => new Mp3FileReaderBase(content, decoder);

    private static WaveStream Mp3(Stream content)
    {
        try
        {
            return Mp3(content, Decompressor);
        }
        catch (Exception e) when (e is not IOException or EndOfStreamException)
        {
            // What its frame reader makes nothing of (a change of rate, AAC behind a tag) the whole of Media Foundation may.
            content.Position = 0;
            return new StreamMediaFoundationReader(content);
        }
    }

    /// <summary>Windows' MP3 decoder: that of ACM, which editions without media features lack, or the DMO.</summary>
    private static IMp3FrameDecompressor Decompressor(WaveFormat format)
    {
        try
        {
            return new AcmMp3FrameDecompressor(format);
        }
        catch (MmException)
        {
            return new DmoMp3FrameDecompressor(format);
        }
    }
}
