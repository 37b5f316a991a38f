using System.Runtime.InteropServices;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Files.Wav;
using NAudio.Wave;

namespace DeepSpeechNet.Audio.NAudio.Files;

/// <summary>Reads what one of NAudio's readers decodes, turning its bytes into samples.</summary>
internal sealed class WaveStreamReader : IAudioReader
{
    private const int BlockBytes = 1 << 16;

    private readonly string _name;
    private readonly WaveStream _stream;
    private readonly SampleEncoding _encoding;
    private readonly bool _signed;
    private readonly int _frameBytes;
    private readonly byte[] _block;
    private bool _disposed;

    public WaveStreamReader(NAudioFormat format, Stream content, string name)
        : this(() => WaveStreams.Open(format, content), name, exact: format is NAudioFormat.Wav or NAudioFormat.Aiff)
    {
        // AIFF keeps 8 bits signed, and NAudio hands bytes on as they are.
        _signed = format == NAudioFormat.Aiff && _encoding == SampleEncoding.Pcm8;
    }

    /// <summary>Reads a stream of NAudio.</summary>
    /// <param name="open">Opens it.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="exact">Whether its length is counted and not guessed.</param>
    internal WaveStreamReader(Func<WaveStream> open, string name, bool exact)
    {
        _name = name;
        _stream = Guard(open);
        try
        {
            WaveFormat format = _stream.WaveFormat;
            _encoding = SampleFormats.Encoding(format)
                ?? throw Fault($"NAudio reads it as {format.BitsPerSample} bits of {format.Encoding}, which are not samples.");
            _frameBytes = format.Channels * SampleDecoding.BytesPerSample(_encoding);
            if (format.SampleRate < 1 || format.Channels < 1 || format.BlockAlign != _frameBytes)
            {
                throw Fault($"it says {format.Channels} channels of {format.BitsPerSample} bits in {format.BlockAlign} bytes at {format.SampleRate} Hz.");
            }

            SampleRate = format.SampleRate;
            Channels = format.Channels;
            long frames = exact ? _stream.Length / _frameBytes : 0;
            FrameCount = frames > 0 ? frames : null;
            _block = new byte[Math.Max(1, BlockBytes / _frameBytes) * _frameBytes];
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public int SampleRate { get; }

    public int Channels { get; }

    public long? FrameCount { get; }

    public IReadOnlyList<string> Warnings => [];

    public int Read(Span<float> interleaved)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (interleaved.Length < Channels)
        {
            throw new ArgumentException($"A buffer of {interleaved.Length} values holds no whole frame of {Channels} channels.", nameof(interleaved));
        }

        int wanted = (int)Math.Min((long)(interleaved.Length / Channels) * _frameBytes, _block.Length);
        int bytes = Guard(() => _stream.Read(_block, 0, wanted));
        int frames = Math.Max(0, bytes) / _frameBytes;
        Span<byte> block = _block.AsSpan(0, frames * _frameBytes);
        if (_signed)
        {
            foreach (ref byte b in block)
            {
                b ^= 0x80;
            }
        }

        SampleDecoding.Decode(_encoding, block, interleaved[..(frames * Channels)]);
        return frames * Channels;
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _stream.Dispose();
        }
    }

    /// <summary>Whatever NAudio or a decoder behind it throws because of what content holds becomes one kind of exception; faults of the stream pass.</summary>
    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException or OutOfMemoryException) or EndOfStreamException)
        {
            // The message of a COM exception mostly says that there is one.
            string why = e is COMException ? $"Windows' decoder refuses it (0x{e.HResult:X8})" : e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
            throw Fault($"NAudio cannot read it: {why}.", e);
        }
    }

    private AudioFormatException Fault(string problem, Exception? inner = null) => new(_name, problem, inner);
}
