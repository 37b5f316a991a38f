using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Products of few rows with a packed matrix, on the calling thread: the steps of a recurrence, and small batches. A is read where it
/// lies, since packing it would cost as much as it saves. Results are the same bits for every number of rows and vector width.
/// </summary>
internal static unsafe class PanelKernels
{
    /// <summary>How much of a panel is used before the next rows of A read it again from the first-level cache.</summary>
    private const int DepthBlock = 256;

    private const int PanelWidth = PackedMatrix.PanelWidth;

    /// <summary>
    /// C = A B or C += A B for the columns of <paramref name="panelCount"/> panels of B; nothing outside them is written, nor past B's last column.
    /// </summary>
    /// <param name="rows">Rows of A and C, any number.</param>
    /// <param name="a">A, of as many columns as B is deep.</param>
    /// <param name="lda">From one row of A to the next.</param>
    /// <param name="b">B.</param>
    /// <param name="firstPanel">The first panel to use.</param>
    /// <param name="panelCount">How many panels to use.</param>
    /// <param name="c">C's first row at column 0 of B, whichever panels are used: panel p goes to columns 32 p and on.</param>
    /// <param name="ldc">From one row of C to the next.</param>
    /// <param name="accumulate">Whether to add to C.</param>
    public static void Multiply(int rows, float* a, nint lda, PackedMatrix b, int firstPanel, int panelCount, float* c, nint ldc, bool accumulate)
    {
        if (Vector512.IsHardwareAccelerated)
            Multiply<Simd512, Vector512<float>, Vector512<int>>(rows, a, lda, b, firstPanel, panelCount, c, ldc, accumulate);
        else if (Vector256.IsHardwareAccelerated)
            Multiply<Simd256, Vector256<float>, Vector256<int>>(rows, a, lda, b, firstPanel, panelCount, c, ldc, accumulate);
        else
            Multiply<Simd128, Vector128<float>, Vector128<int>>(rows, a, lda, b, firstPanel, panelCount, c, ldc, accumulate);
    }

    /// <summary>The same with vectors of a given width.</summary>
    [SkipLocalsInit]
    public static void Multiply<S, V, I>(int rows, float* a, nint lda, PackedMatrix b, int firstPanel, int panelCount, float* c, nint ldc, bool accumulate)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int panel = firstPanel, end = firstPanel + panelCount;
        int fullEnd = Math.Min(end, b.Columns / PanelWidth);
        nint panelStride = (nint)b.Depth * PanelWidth;
        if (rows == 1)
        {
            for (; panel <= fullEnd - 4; panel += 4)
            {
                float* to = c + (panel * PanelWidth);
                for (int j = 0; j < PanelWidth; j += 2 * S.Width)
                    RowKernels.RowWide<S, V, I>(b.Depth, a, b.Panel(panel) + j, PanelWidth, panelStride, accumulate ? to + j : null, to + j);
            }
        }

        for (; panel < fullEnd; panel++)
            MultiplyPanel<S, V, I>(rows, a, lda, b.Panel(panel), b.Depth, c + (panel * PanelWidth), ldc, accumulate);
        if (panel < end)
        {
            // The padded columns of the last panel go to a scratch tile, a few rows at a time.
            const int scratchRows = 8;
            float* scratch = stackalloc float[scratchRows * PanelWidth];
            int width = b.WidthOf(panel);
            c += panel * PanelWidth;
            for (int row = 0; row < rows; row += scratchRows)
            {
                int count = Math.Min(scratchRows, rows - row);
                if (accumulate)
                    CopyTile(count, width, c + (row * ldc), ldc, scratch, PanelWidth);
                MultiplyPanel<S, V, I>(count, a + (row * lda), lda, b.Panel(panel), b.Depth, scratch, PanelWidth, accumulate);
                CopyTile(count, width, scratch, PanelWidth, c + (row * ldc), ldc);
            }
        }

        GC.KeepAlive(b);
    }

    private static void MultiplyPanel<S, V, I>(int rows, float* a, nint lda, float* b, int depth, float* c, nint ldc, bool accumulate)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        // A piece of the panel that several groups of rows read stays in the first-level cache in between.
        int block = NextRows<S, V, I>(rows) == rows ? Math.Max(depth, 1) : DepthBlock;
        for (int k = 0; k == 0 || k < depth; k += block)
        {
            int count = Math.Min(block, depth - k);
            bool load = accumulate || k > 0;
            for (int j = 0; j < PanelWidth; j += 2 * S.Width)
            {
                float* x = a + k, y = b + ((nint)k * PanelWidth) + j, z = c + j;
                for (int left = rows; left > 0;)
                {
                    float* start = load ? z : null;
                    int group = NextRows<S, V, I>(left);
                    switch (group)
                    {
                        case 8:
                            RowKernels.Rows8<S, V, I>(count, x, lda, y, PanelWidth, start, ldc, z, ldc);
                            break;
                        case 4:
                            RowKernels.Rows4<S, V, I>(count, x, lda, y, PanelWidth, start, ldc, z, ldc);
                            break;
                        case 3:
                            RowKernels.Rows3<S, V, I>(count, x, lda, y, PanelWidth, start, ldc, z, ldc);
                            break;
                        case 2:
                            RowKernels.Rows2<S, V, I>(count, x, lda, y, PanelWidth, start, ldc, z, ldc);
                            break;
                        default:
                            RowKernels.Row1<S, V, I>(count, x, lda, y, PanelWidth, start, ldc, z, ldc);
                            break;
                    }

                    left -= group;
                    x += group * lda;
                    z += group * ldc;
                }
            }
        }
    }

    /// <summary>
    /// How many rows to take next of those left: the most that fit the registers (of 256 bits there are mostly 16), but no single row at
    /// the end, whose two sums would wait for each other.
    /// </summary>
    private static int NextRows<S, V, I>(int left)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        if (left == 5)
            return 3;
        return left >= 8 && left != 9 && S.Width != 8 ? 8 : Math.Min(left, 4);
    }

    private static void CopyTile(int rows, int columns, float* source, nint sourceStride, float* target, nint targetStride)
    {
        for (int i = 0; i < rows; i++, source += sourceStride, target += targetStride)
        {
            for (int j = 0; j < columns; j++)
                target[j] = source[j];
        }
    }
}
