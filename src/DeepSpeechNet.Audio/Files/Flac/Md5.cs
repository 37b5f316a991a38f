using System.Buffers.Binary;
using System.Numerics;

namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>
/// The MD5 digest (R. Rivest, RFC 1321), which FLAC stores of its samples. Written here because the runtime's own needs a
/// cryptography library of the system and is refused where that runs in its certified mode; nothing here is about security.
/// </summary>
internal sealed class Md5
{
    private const int BlockBytes = 64;

    // floor(2^32 |sin(i + 1)|)
    private static readonly uint[] Sines = MakeSines();

    private readonly byte[] _pending = new byte[BlockBytes];
    private int _pendingCount;
    private long _length;
    private uint _a = 0x67452301;
    private uint _b = 0xEFCDAB89;
    private uint _c = 0x98BADCFE;
    private uint _d = 0x10325476;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        if (_pendingCount > 0)
        {
            int count = Math.Min(BlockBytes - _pendingCount, bytes.Length);
            bytes[..count].CopyTo(_pending.AsSpan(_pendingCount));
            _pendingCount += count;
            bytes = bytes[count..];
            if (_pendingCount < BlockBytes)
            {
                return;
            }

            Transform(_pending);
            _pendingCount = 0;
        }

        for (; bytes.Length >= BlockBytes; bytes = bytes[BlockBytes..])
        {
            Transform(bytes);
        }

        bytes.CopyTo(_pending);
        _pendingCount = bytes.Length;
    }

    /// <summary>Ends the message and gives its 16 bytes; the object is of no use afterwards.</summary>
    public byte[] Finish()
    {
        long bits = _length * 8;
        Span<byte> tail = stackalloc byte[BlockBytes + 8];
        tail.Clear();
        tail[0] = 0x80;
        int zeros = (BlockBytes + 56 - 1 - _pendingCount) % BlockBytes;
        BinaryPrimitives.WriteInt64LittleEndian(tail[(1 + zeros)..], bits);
        Append(tail[..(1 + zeros + 8)]);

        var digest = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(digest, _a);
        BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(4), _b);
        BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(8), _c);
        BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(12), _d);
        return digest;
    }

    private static uint[] MakeSines()
    {
        var sines = new uint[BlockBytes];
        for (int i = 0; i < sines.Length; i++)
        {
            sines[i] = (uint)(4294967296.0 * Math.Abs(Math.Sin(i + 1)));
        }

        return sines;
    }

    private void Transform(ReadOnlySpan<byte> block)
    {
        Span<uint> x = stackalloc uint[16];
        for (int i = 0; i < 16; i++)
        {
            x[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        }

        ReadOnlySpan<uint> t = Sines;
        uint a = _a, b = _b, c = _c, d = _d;
        for (int i = 0; i < 16; i += 4)
        {
            a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + x[i] + t[i], 7);
            d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + x[i + 1] + t[i + 1], 12);
            c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + x[i + 2] + t[i + 2], 17);
            b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + x[i + 3] + t[i + 3], 22);
        }

        for (int i = 16; i < 32; i += 4)
        {
            a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + x[((5 * i) + 1) & 15] + t[i], 5);
            d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + x[((5 * i) + 6) & 15] + t[i + 1], 9);
            c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + x[((5 * i) + 11) & 15] + t[i + 2], 14);
            b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + x[(5 * i) & 15] + t[i + 3], 20);
        }

        for (int i = 32; i < 48; i += 4)
        {
            a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + x[((3 * i) + 5) & 15] + t[i], 4);
            d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + x[((3 * i) + 8) & 15] + t[i + 1], 11);
            c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + x[((3 * i) + 11) & 15] + t[i + 2], 16);
            b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + x[((3 * i) + 14) & 15] + t[i + 3], 23);
        }

        for (int i = 48; i < 64; i += 4)
        {
            a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + x[(7 * i) & 15] + t[i], 6);
            d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + x[((7 * i) + 7) & 15] + t[i + 1], 10);
            c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + x[((7 * i) + 14) & 15] + t[i + 2], 15);
            b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + x[((7 * i) + 21) & 15] + t[i + 3], 21);
        }

        _a += a;
        _b += b;
        _c += c;
        _d += d;
    }
}
