using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Sums over the rows of a matrix, column by column: single precision within a block of <see cref="BlockRows"/> rows, double precision
/// over the blocks. The blocks are the same whoever computes a column, so that threads do not change a sum.
/// </summary>
internal static unsafe class ColumnSums
{
    /// <summary>How many columns are summed side by side, so that rows are read in long pieces.</summary>
    public const int Strip = 128;

    private const int BlockRows = 16;

    /// <summary>y[j] (+)= the sum of x[i * stride + j] over i, for <paramref name="width"/> columns, at most <see cref="Strip"/>.</summary>
    public static void Sum(float* x, nint stride, int rows, int width, float* y, bool accumulate)
    {
        double* total = stackalloc double[Strip];
        float* block = stackalloc float[Strip];
        new Span<double>(total, Strip).Clear();
        for (int row = 0; row < rows; row += BlockRows)
        {
            SumBlock(x + (row * stride), stride, Math.Min(BlockRows, rows - row), width, block);
            for (int j = 0; j < width; j++)
                total[j] += block[j];
        }

        for (int j = 0; j < width; j++)
            y[j] = accumulate ? y[j] + (float)total[j] : (float)total[j];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumBlock(float* x, nint stride, int rows, int width, float* sums)
    {
        int j = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; j <= width - 32; j += 32)
            {
                Vector256<float> a = default, b = default, c = default, d = default;
                float* from = x + j;
                for (int i = 0; i < rows; i++, from += stride)
                {
                    a += Vector256.Load(from);
                    b += Vector256.Load(from + 8);
                    c += Vector256.Load(from + 16);
                    d += Vector256.Load(from + 24);
                }

                a.Store(sums + j);
                b.Store(sums + j + 8);
                c.Store(sums + j + 16);
                d.Store(sums + j + 24);
            }
        }

        for (; j <= width - 4; j += 4)
        {
            Vector128<float> a = default;
            float* from = x + j;
            for (int i = 0; i < rows; i++, from += stride)
                a += Vector128.Load(from);
            a.Store(sums + j);
        }

        for (; j < width; j++)
        {
            float sum = 0;
            for (int i = 0; i < rows; i++)
                sum += x[(i * stride) + j];
            sums[j] = sum;
        }
    }
}
