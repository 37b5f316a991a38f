using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>
/// Reads bits, the most significant first, and keeps the CRC-16 of the bytes since <see cref="BeginCrc"/>. Every method that reads
/// throws <see cref="FlacFaultException"/> at the end of the stream.
/// </summary>
internal sealed class BitReader : IDisposable
{
    private readonly ByteSource _source;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 16);

    // _buffer[_next.._end] is still to enter the cache. The upper _bits bits of the cache are next in the stream; those below
    // are either zero or what follows, so that bytes can be ORed in again.
    private int _next;
    private int _end;
    private ulong _cache;
    private int _bits;

    private int _crcStart;
    private ushort _crc;

    public BitReader(ByteSource source)
    {
        _source = source;
    }

    /// <summary>The place of the next bit in the source, in whole bytes.</summary>
    public long Position => _source.Position - (_end - Current);

    // The index of the byte that holds the next bit.
    private int Current => _next - ((_bits + 7) / 8);

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _next = _end = _bits = 0;
        }
    }

    /// <summary>Whether the stream ends here; at a whole byte only.</summary>
    public bool AtEnd()
    {
        return _bits == 0 && _next == _end && !MoreBytes();
    }

    /// <summary>The next 16 bits without taking them, or fewer than 16 as null; at a whole byte only.</summary>
    public int? Peek16() => Load(16) ? (int)(_cache >> 48) : null;

    /// <summary>Starts the CRC-16 at the next byte; at a whole byte only.</summary>
    public void BeginCrc()
    {
        _crc = 0;
        _crcStart = Current;
    }

    /// <summary>Skips to a whole byte and gives the CRC-16 of all bytes since <see cref="BeginCrc"/>.</summary>
    public ushort EndCrc()
    {
        int rest = _bits & 7;
        _cache <<= rest;
        _bits -= rest;
        return Crc.Crc16(_crc, _buffer.AsSpan(_crcStart, Current - _crcStart));
    }

    /// <summary>Reads 0 to 32 bits.</summary>
    public uint ReadBits(int count)
    {
        if (_bits < count && !Load(count))
        {
            throw new FlacFaultException("the stream ends", truncated: true);
        }

        // Two shifts, since a shift by 64 does nothing.
        uint value = (uint)(_cache >> 1 >> (63 - count));
        _cache <<= count;
        _bits -= count;
        return value;
    }

    /// <summary>Reads a two's complement number of 1 to 33 bits.</summary>
    public long ReadSigned(int count)
    {
        if (count > 32)
        {
            long high = (int)(ReadBits(count - 32) << (64 - count)) >> (64 - count);
            return (high << 32) | ReadBits(32);
        }

        return (int)(ReadBits(count) << (32 - count)) >> (32 - count);
    }

    /// <summary>Reads zero bits up to a one bit and returns how many they were.</summary>
    /// <exception cref="FlacFaultException">More than <paramref name="most"/>.</exception>
    public uint ReadUnary(uint most)
    {
        uint zeros = 0;
        while (true)
        {
            if (_bits == 0 && !Load(1))
            {
                throw new FlacFaultException("the stream ends", truncated: true);
            }

            int run = Math.Min(BitOperations.LeadingZeroCount(_cache), _bits);
            zeros += (uint)run;
            if (zeros > most)
            {
                throw new FlacFaultException("a number is too large");
            }

            if (run < _bits)
            {
                _cache = _cache << run << 1;
                _bits -= run + 1;
                return zeros;
            }

            _cache = 0;
            _bits = 0;
        }
    }

    /// <summary>Reads Rice codes: a quotient in unary, <paramref name="parameter"/> (0 to 30) low bits, the sign folded into the
    /// lowest bit (RFC 9639, section 9.2.7.2).</summary>
    public void ReadRice(Span<int> values, int parameter)
    {
        int i = 0;
        while (i < values.Length)
        {
            // With eight bytes at hand the cache is filled to 56 bits or more in one load; nearly every code fits.
            ReadOnlySpan<byte> buffer = _buffer;
            ulong cache = _cache;
            int bits = _bits;
            int next = _next;
            int last = _end - 8;
            while (i < values.Length && next <= last)
            {
                cache |= BinaryPrimitives.ReadUInt64BigEndian(buffer[next..]) >> bits;
                next += (63 - bits) >> 3;
                bits |= 56;
                int quotient = BitOperations.LeadingZeroCount(cache);
                int used = quotient + 1 + parameter;
                if (used > 56)
                {
                    break;
                }

                uint low = (uint)(cache << quotient << 1 >> 1 >> (63 - parameter));
                uint folded = ((uint)quotient << parameter) | low;
                cache <<= used;
                bits -= used;
                values[i++] = (int)(folded >> 1) ^ -(int)(folded & 1);
            }

            _cache = cache;
            _bits = bits;
            _next = next;
            if (i < values.Length)
            {
                uint quotient = ReadUnary(uint.MaxValue >> parameter);
                uint folded = (quotient << parameter) | ReadBits(parameter);
                values[i++] = (int)(folded >> 1) ^ -(int)(folded & 1);
            }
        }
    }

    /// <summary>Brings at least <paramref name="count"/> (up to 56) bits into the cache; false where the stream has not that many.</summary>
    private bool Load(int count)
    {
        while (_bits < count)
        {
            if (_next == _end && !MoreBytes())
            {
                return false;
            }

            if (_end - _next >= 8)
            {
                _cache |= BinaryPrimitives.ReadUInt64BigEndian(_buffer.AsSpan(_next)) >> _bits;
                _next += (63 - _bits) >> 3;
                _bits |= 56;
            }
            else
            {
                _cache |= (ulong)_buffer[_next++] << (56 - _bits);
                _bits += 8;
            }
        }

        return true;
    }

    private bool MoreBytes()
    {
        // Bytes of which bits are still in the cache stay, so that the CRC can see them once they are taken.
        int keep = Current;
        if (_crcStart < keep)
        {
            _crc = Crc.Crc16(_crc, _buffer.AsSpan(_crcStart, keep - _crcStart));
        }

        _crcStart = Math.Max(0, _crcStart - keep);
        _buffer.AsSpan(keep, _end - keep).CopyTo(_buffer);
        _next -= keep;
        _end -= keep;
        int count = _source.ReadSome(_buffer.AsSpan(_end));
        _end += count;
        return count > 0;
    }
}
