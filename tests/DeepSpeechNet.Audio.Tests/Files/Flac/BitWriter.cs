namespace DeepSpeechNet.Audio.Tests.Files.Flac;

/// <summary>Writes bits, the most significant first.</summary>
internal sealed class BitWriter
{
    private readonly List<byte> _bytes = [];
    private int _partial;
    private int _count;

    public int Length => _bytes.Count;

    public void Write(long value, int bits)
    {
        for (int i = bits - 1; i >= 0; i--)
        {
            _partial = (_partial << 1) | (int)((value >> i) & 1);
            if (++_count == 8)
            {
                _bytes.Add((byte)_partial);
                _partial = _count = 0;
            }
        }
    }

    public void WriteUnary(long zeros)
    {
        for (long i = 0; i < zeros; i++)
        {
            Write(0, 1);
        }

        Write(1, 1);
    }

    public void Align() => Write(0, (8 - _count) & 7);

    public byte[] ToArray() => [.. _bytes];
}
