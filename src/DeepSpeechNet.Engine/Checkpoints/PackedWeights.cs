using System.Buffers.Binary;
using System.IO.Compression;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>
/// Weights in 8 bits, compressed without loss: their count (64 bits, little-endian), then a Brotli stream (RFC 7932) of their bytes, row by row. Small weights are more frequent
/// than large ones, which is worth about a twelfth of the size.
/// </summary>
internal static class PackedWeights
{
    private const int Quality = 9, Window = 24;

    /// <summary>Compresses weights.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> weights)
    {
        byte[] packed = new byte[sizeof(long) + BrotliEncoder.GetMaxCompressedLength(weights.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(packed, weights.Length);
        if (!BrotliEncoder.TryCompress(weights, packed.AsSpan(sizeof(long)), out int written, Quality, Window))
            throw new InvalidOperationException("Brotli needs more room than it said.");
        return packed[..(sizeof(long) + written)];
    }

    /// <summary>How many weights are packed; negative where the bytes are damaged.</summary>
    public static long Count(ReadOnlySpan<byte> packed) => packed.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64LittleEndian(packed);

    /// <summary>Gives the weights back.</summary>
    /// <param name="packed">What <see cref="Pack"/> gave.</param>
    /// <param name="weights">Receives them; exactly as long as they are many.</param>
    /// <returns>Whether it was all there; if not, the weights are worthless.</returns>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> weights) =>
        Count(packed) == weights.Length
        && BrotliDecoder.TryDecompress(packed[sizeof(long)..], weights, out int written)
        && written == weights.Length;
}
