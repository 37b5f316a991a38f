using System.Runtime.Intrinsics;
using DeepSpeechNet.Engine.Devices.Cpu.Kernels;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu.Kernels;

public sealed unsafe class PanelKernelsTests
{
    private static readonly int[] Depths = [0, 1, 3, 31, 257, 600];
    private static readonly int[] Widths = [1, 7, 31, 32, 33, 129, 290];
    private static readonly int[] RowCounts = [1, 2, 3, 5, 7, 8, 16, 31];

    public static TheoryData<bool, bool> Cases => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_width_gives_the_bits_of_one_fused_sum_per_element(bool transposed, bool accumulate)
    {
        foreach (int depth in Depths)
        {
            foreach (int columns in Widths)
            {
                using NativeFloats b = new(Math.Max(1, depth * columns), depth + columns);
                using PackedMatrix packed = new();
                if (transposed)
                    packed.PackTransposed(b.Pointer, depth, depth, columns);
                else
                    packed.Pack(b.Pointer, columns, depth, columns);
                foreach (int rows in RowCounts)
                {
                    using NativeFloats a = new(Math.Max(1, rows * depth), rows);
                    int stride = columns + 3;
                    using NativeFloats old = new(rows * stride, 7);
                    using NativeFloats expected = Copy(old);
                    for (int i = 0; i < rows; i++)
                    {
                        for (int j = 0; j < columns; j++)
                        {
                            float sum = accumulate ? old.Span[(i * stride) + j] : 0;
                            for (int k = 0; k < depth; k++)
                                sum = MathF.FusedMultiplyAdd(a.Span[(i * depth) + k], transposed ? b.Span[(j * depth) + k] : b.Span[(k * columns) + j], sum);
                            expected.Span[(i * stride) + j] = sum;
                        }
                    }

                    using NativeFloats chosen = Copy(old);
                    PanelKernels.Multiply(rows, a.Pointer, depth, packed, 0, packed.PanelCount, chosen.Pointer, stride, accumulate);
                    AssertSame(expected, chosen);
                    using NativeFloats by512 = Copy(old);
                    PanelKernels.Multiply<Simd512, Vector512<float>, Vector512<int>>(rows, a.Pointer, depth, packed, 0, packed.PanelCount, by512.Pointer, stride, accumulate);
                    AssertSame(expected, by512);
                    using NativeFloats by256 = Copy(old);
                    PanelKernels.Multiply<Simd256, Vector256<float>, Vector256<int>>(rows, a.Pointer, depth, packed, 0, packed.PanelCount, by256.Pointer, stride, accumulate);
                    AssertSame(expected, by256);
                    using NativeFloats by128 = Copy(old);
                    PanelKernels.Multiply<Simd128, Vector128<float>, Vector128<int>>(rows, a.Pointer, depth, packed, 0, packed.PanelCount, by128.Pointer, stride, accumulate);
                    AssertSame(expected, by128);
                }
            }
        }
    }

    [Fact]
    public void Panels_outside_the_range_are_left_alone()
    {
        const int depth = 40, columns = 200, rows = 3;
        using NativeFloats b = new(depth * columns, 1), a = new(rows * depth, 2), whole = new(rows * columns), part = new(rows * columns);
        using PackedMatrix packed = new();
        packed.Pack(b.Pointer, columns, depth, columns);
        PanelKernels.Multiply(rows, a.Pointer, depth, packed, 0, packed.PanelCount, whole.Pointer, columns, accumulate: false);
        PanelKernels.Multiply(rows, a.Pointer, depth, packed, 2, 3, part.Pointer, columns, accumulate: false);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                Assert.Equal(j is >= 64 and < 160 ? whole.Span[(i * columns) + j] : 0, part.Span[(i * columns) + j]);
        }
    }

    [Fact]
    public void A_packed_matrix_is_filled_again_without_new_memory()
    {
        using NativeFloats big = new(50 * 70, 1), small = new(3 * 5, 2);
        using PackedMatrix packed = new();
        packed.Pack(big.Pointer, 70, 50, 70);
        float* first = packed.Panel(0);
        packed.PackTransposed(small.Pointer, 3, 3, 5);
        Assert.True(first == packed.Panel(0));
        Assert.Equal((3, 5, 1), (packed.Depth, packed.Columns, packed.PanelCount));
        Assert.Equal(small.Span[4 * 3], packed.Panel(0)[4]);
        Assert.Equal(0, packed.Panel(0)[5]);
        packed.Dispose();
        packed.Dispose();
    }

    private static NativeFloats Copy(NativeFloats source)
    {
        NativeFloats copy = new(source.Length);
        source.Span.CopyTo(copy.Span);
        return copy;
    }

    private static void AssertSame(NativeFloats expected, NativeFloats actual)
    {
        Assert.True(expected.Span.SequenceEqual(actual.Span));
        actual.AssertGuardsUntouched();
    }
}
