using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Rearranges a strip of a matrix so that a kernel reads it from front to back: <c>[k][lanes]</c>, where a lane is a row of the left
/// operand or a column of the right one. Lanes that the strip does not have are zeros.
/// </summary>
internal static unsafe class Packing
{
    private const int Block = 16;

    /// <summary>From a source whose lanes are neighbours: target[k * lanes + j] = source[k * stride + j] for j &lt; width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, nint stride, int depth, int width, float* target, int lanes)
    {
        if (width == lanes && lanes % 4 == 0)
        {
            for (int k = 0; k < depth; k++, source += stride, target += lanes)
            {
                int j = 0;
                if (Vector256.IsHardwareAccelerated)
                {
                    for (; j <= lanes - 8; j += 8)
                        Vector256.Load(source + j).Store(target + j);
                }

                for (; j < lanes; j += 4)
                    Vector128.Load(source + j).Store(target + j);
            }

            return;
        }

        for (int k = 0; k < depth; k++, source += stride, target += lanes)
        {
            for (int j = 0; j < width; j++)
                target[j] = source[j];
            for (int j = width; j < lanes; j++)
                target[j] = 0;
        }
    }

    /// <summary>
    /// Strips of a source whose lanes are neighbours, one strip every <paramref name="stripStride"/> of the target. The source is read
    /// a few whole rows at a time, as it lies.
    /// </summary>
    public static void CopyStrips(float* source, nint stride, int depth, int width, float* target, int lanes, nint stripStride)
    {
        const int rowsAtATime = 8;
        for (int k = 0; k < depth; k += rowsAtATime, source += rowsAtATime * stride, target += rowsAtATime * lanes)
        {
            float* to = target;
            for (int j = 0; j < width; j += lanes, to += stripStride)
                Copy(source + j, stride, Math.Min(rowsAtATime, depth - k), Math.Min(lanes, width - j), to, lanes);
        }
    }

    /// <summary>From a source whose lanes are rows: target[k * lanes + j] = source[j * stride + k] for j &lt; width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, nint stride, int depth, int width, float* target, int lanes)
    {
        // A block of 16 k is one cache line of each source row, so that rows which share their cache sets are each read once.
        int k = 0;
        for (; k <= depth - Block; k += Block, target += Block * lanes)
        {
            float* from = source + k;
            int j = 0;
            if (Avx.IsSupported)
            {
                for (; j <= width - 8; j += 8)
                {
                    Transpose8(from + (j * stride), stride, target + j, lanes);
                    Transpose8(from + (j * stride) + 8, stride, target + (8 * lanes) + j, lanes);
                }
            }

            for (; j <= width - 4; j += 4)
            {
                for (int i = 0; i < Block; i += 4)
                    Transpose4(from + (j * stride) + i, stride, target + (i * lanes) + j, lanes);
            }

            if (j < lanes)
                TransposePlain(from, stride, Block, j, width, target, lanes);
        }

        if (k < depth)
            TransposePlain(source + k, stride, depth - k, 0, width, target, lanes);
    }

    private static void TransposePlain(float* source, nint stride, int depth, int first, int width, float* target, int lanes)
    {
        for (int k = 0; k < depth; k++, target += lanes)
        {
            for (int j = first; j < width; j++)
                target[j] = source[(j * stride) + k];
            for (int j = Math.Max(first, width); j < lanes; j++)
                target[j] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4(float* source, nint stride, float* target, int lanes)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + stride);
        Vector128<float> c = Vector128.Load(source + (2 * stride)), d = Vector128.Load(source + (3 * stride));
        Vector128<float> ac0 = ZipLow(a, c), ac1 = ZipHigh(a, c), bd0 = ZipLow(b, d), bd1 = ZipHigh(b, d);
        ZipLow(ac0, bd0).Store(target);
        ZipHigh(ac0, bd0).Store(target + lanes);
        ZipLow(ac1, bd1).Store(target + (2 * lanes));
        ZipHigh(ac1, bd1).Store(target + (3 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);

    /// <summary>Eight rows of eight: rows i and i + 4 share a register, so that all shuffles stay inside 128-bit halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8(float* source, nint stride, float* target, int lanes)
    {
        float* s4 = source + (4 * stride);
        Vector256<float> a0 = Vector256.Create(Vector128.Load(source), Vector128.Load(s4));
        Vector256<float> b0 = Vector256.Create(Vector128.Load(source + stride), Vector128.Load(s4 + stride));
        Vector256<float> c0 = Vector256.Create(Vector128.Load(source + (2 * stride)), Vector128.Load(s4 + (2 * stride)));
        Vector256<float> d0 = Vector256.Create(Vector128.Load(source + (3 * stride)), Vector128.Load(s4 + (3 * stride)));
        Vector256<float> ac = Avx.UnpackLow(a0, c0), bd = Avx.UnpackLow(b0, d0);
        Avx.UnpackLow(ac, bd).Store(target);
        Avx.UnpackHigh(ac, bd).Store(target + lanes);
        ac = Avx.UnpackHigh(a0, c0);
        bd = Avx.UnpackHigh(b0, d0);
        Avx.UnpackLow(ac, bd).Store(target + (2 * lanes));
        Avx.UnpackHigh(ac, bd).Store(target + (3 * lanes));
        source += 4;
        s4 += 4;
        target += 4 * lanes;
        a0 = Vector256.Create(Vector128.Load(source), Vector128.Load(s4));
        b0 = Vector256.Create(Vector128.Load(source + stride), Vector128.Load(s4 + stride));
        c0 = Vector256.Create(Vector128.Load(source + (2 * stride)), Vector128.Load(s4 + (2 * stride)));
        d0 = Vector256.Create(Vector128.Load(source + (3 * stride)), Vector128.Load(s4 + (3 * stride)));
        ac = Avx.UnpackLow(a0, c0);
        bd = Avx.UnpackLow(b0, d0);
        Avx.UnpackLow(ac, bd).Store(target);
        Avx.UnpackHigh(ac, bd).Store(target + lanes);
        ac = Avx.UnpackHigh(a0, c0);
        bd = Avx.UnpackHigh(b0, d0);
        Avx.UnpackLow(ac, bd).Store(target + (2 * lanes));
        Avx.UnpackHigh(ac, bd).Store(target + (3 * lanes));
    }
}
