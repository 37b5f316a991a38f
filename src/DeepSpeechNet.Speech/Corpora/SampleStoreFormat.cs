using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// Layout of a store of samples, little-endian. 64 bytes: <c>DSNSTORE</c>, version (int32), samples per second (int32), number
/// of clips (int64), offset and length in bytes of the index (int64 each), first 24 bytes of the SHA-256 of the index. Then the
/// clips, 16-bit, each at a multiple of 64 bytes. Then the index: for each clip its byte offset (int64), number of samples
/// (int32), CRC-32C of its bytes (uint32), and path, text, speaker, corpus and licence (length and UTF-8, as
/// <see cref="BinaryWriter.Write(string)"/> writes them).
/// </summary>
internal static class SampleStoreFormat
{
    public const int Version = 1;
    public const int HeaderBytes = 64;
    public const int DigestBytes = 24;
    public const int Alignment = 64;
    /// <summary>Of one index record: the numbers and five empty strings.</summary>
    public const int SmallestRecord = 8 + 4 + 4 + 5;

    public static ReadOnlySpan<byte> Magic => "DSNSTORE"u8;

    public static int Padding(long position) => (int)(-position & (Alignment - 1));

    /// <summary>CRC-32C (Castagnoli) with the usual inversion of first and last state.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (byte b in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    /// <summary>Samples from -1 to 1 to 16 bits: times 32768, rounded, limited.</summary>
    public static void Quantise(ReadOnlySpan<float> samples, Span<byte> bytes)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            // Not-a-number becomes silence.
            float scaled = Math.Clamp(MathF.Round(samples[i] * 32768f), short.MinValue, short.MaxValue);
            BinaryPrimitives.WriteInt16LittleEndian(bytes[(2 * i)..], float.IsNaN(scaled) ? (short)0 : (short)scaled);
        }
    }

    /// <summary>16 bits to samples from -1 to 1: divided by 32768.</summary>
    public static void Expand(ReadOnlySpan<short> stored, Span<float> samples)
    {
        const float Scale = 1f / 32768f;
        int i = 0;
        for (; i <= stored.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(stored[i..]), out Vector<int> low, out Vector<int> high);
            (Vector.ConvertToSingle(low) * Scale).CopyTo(samples[i..]);
            (Vector.ConvertToSingle(high) * Scale).CopyTo(samples[(i + Vector<int>.Count)..]);
        }
        for (; i < stored.Length; i++) samples[i] = stored[i] * Scale;
    }
}
