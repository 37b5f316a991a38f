using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Devices.Cpu.Kernels;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu.Kernels;

public sealed unsafe class MatrixProductTests
{
    private static readonly (int Rows, int Columns, int Depth)[] Sizes =
    [
        (1, 1, 1), (1, 257, 65), (3, 7, 31), (7, 33, 1), (31, 3, 7), (33, 65, 257), (65, 33, 600), (100, 130, 0), (257, 100, 33), (530, 70, 300), (50, 290, 2100),
    ];

    public static TheoryData<bool, bool, bool> Cases
    {
        get
        {
            TheoryData<bool, bool, bool> cases = [];
            for (int i = 0; i < 8; i++)
                cases.Add((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_element_is_one_fused_sum_in_order_whatever_the_threads_and_vectors(bool transposeA, bool transposeB, bool accumulate)
    {
        foreach ((int rows, int columns, int depth) in Sizes)
        {
            using NativeFloats a = new(Math.Max(1, rows * depth), 1), b = new(Math.Max(1, depth * columns), 2), old = new(rows * columns, 3), bias = new(columns, 4);
            float[] expected = new float[rows * columns];
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    float sum = accumulate ? old.Span[(i * columns) + j] : bias.Span[j];
                    for (int k = 0; k < depth; k++)
                        sum = MathF.FusedMultiplyAdd(a.Span[transposeA ? (k * rows) + i : (i * depth) + k], b.Span[transposeB ? (j * depth) + k : (k * columns) + j], sum);
                    expected[(i * columns) + j] = accumulate ? sum : Math.Max(0, sum);
                }
            }

            MatrixOperand left = new((nint)a.Pointer, transposeA ? rows : depth, transposeA), right = new((nint)b.Pointer, transposeB ? depth : columns, transposeB);
            using PackedMatrix packed = new();
            if (transposeB)
                packed.PackTransposed(b.Pointer, depth, depth, columns);
            else
                packed.Pack(b.Pointer, columns, depth, columns);
            foreach ((int threads, int bits) in new[] { (1, 512), (2, 512), (3, 512), (4, 512), (1, 256), (3, 256), (1, 128), (2, 128) })
            {
                using WorkerTeam team = new(threads);
                using MatrixProduct product = new(team, bits);
                foreach (PackedMatrix? panels in new[] { null, packed })
                {
                    using NativeFloats c = new(rows * columns);
                    old.Span.CopyTo(c.Span);
                    product.Multiply(rows, columns, depth, left, right, panels, c.Pointer, accumulate, accumulate ? null : bias.Pointer, accumulate ? Activation.None : Activation.Relu);
                    Assert.True(c.Span.SequenceEqual(expected), $"{rows} x {columns} x {depth}, {threads} threads, {bits} bits, {(panels is null ? "plain" : "packed")} B");
                    c.AssertGuardsUntouched();
                }
            }
        }
    }

    [Fact]
    public void A_row_is_the_same_alone_and_among_others()
    {
        const int rows = 61, columns = 75, depth = 700;
        using NativeFloats a = new(rows * depth, 1), b = new(depth * columns, 2), whole = new(rows * columns), alone = new(columns);
        using WorkerTeam team = new(2);
        using MatrixProduct product = new(team);
        MatrixOperand right = new((nint)b.Pointer, columns, false);
        product.Multiply(rows, columns, depth, new MatrixOperand((nint)a.Pointer, depth, false), right, null, whole.Pointer, false, null, Activation.Tanh);
        for (int i = 0; i < rows; i++)
        {
            product.Multiply(1, columns, depth, new MatrixOperand((nint)(a.Pointer + (i * depth)), depth, false), right, null, alone.Pointer, false, null, Activation.Tanh);
            Assert.True(alone.Span.SequenceEqual(whole.Span.Slice(i * columns, columns)));
        }
    }
}
