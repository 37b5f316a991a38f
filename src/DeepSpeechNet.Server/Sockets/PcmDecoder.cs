using System.Buffers.Binary;

namespace DeepSpeechNet.Server.Sockets;

/// <summary>How a client's samples are coded, little-endian, one channel.</summary>
internal enum PcmFormat
{
    /// <summary>16-bit integers.</summary>
    Int16,

    /// <summary>32-bit floating point in [-1, 1).</summary>
    Float32,
}

/// <summary>Bytes to samples; a sample that is cut by the end of a message goes on in the next.</summary>
internal sealed class PcmDecoder(PcmFormat format)
{
    private readonly byte[] _rest = new byte[4];
    private float[] _samples = [];
    private int _kept;

    private int Width => format == PcmFormat.Int16 ? 2 : 4;

    /// <summary>The samples that bytes complete, valid until the next call.</summary>
    public ReadOnlyMemory<float> Decode(ReadOnlySpan<byte> bytes)
    {
        int width = Width, count = (_kept + bytes.Length) / width;
        if (_samples.Length < count)
            _samples = new float[Math.Max(count, 4096)];
        int done = 0;
        if (_kept > 0)
        {
            int missing = Math.Min(width - _kept, bytes.Length);
            bytes[..missing].CopyTo(_rest.AsSpan(_kept));
            _kept += missing;
            bytes = bytes[missing..];
            if (_kept < width)
                return default;
            _samples[done++] = One(_rest);
            _kept = 0;
        }

        for (; bytes.Length >= width; bytes = bytes[width..])
            _samples[done++] = One(bytes);
        bytes.CopyTo(_rest);
        _kept = bytes.Length;
        return _samples.AsMemory(0, done);
    }

    private float One(ReadOnlySpan<byte> bytes) => format == PcmFormat.Int16
        ? BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32768f
        : BinaryPrimitives.ReadSingleLittleEndian(bytes);
}
