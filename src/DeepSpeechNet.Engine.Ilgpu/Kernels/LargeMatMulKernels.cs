using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>Four neighbouring numbers, which a card reads from shared memory at once.</summary>
internal struct Four
{
    public float X;
    public float Y;
    public float Z;
    public float W;

    /// <summary>The same number four times.</summary>
    public static Four Of(float value) => new() { X = value, Y = value, Z = value, W = value };

    /// <summary>These and a factor times others.</summary>
    public static Four Add(Four sums, float factor, Four others) => new()
    {
        X = sums.X + (factor * others.X),
        Y = sums.Y + (factor * others.Y),
        Z = sums.Z + (factor * others.Z),
        W = sums.W + (factor * others.W),
    };
}

/// <summary>
/// The product of <see cref="MatMulKernels"/> for large matrices: a group of n x n lanes makes a tile of 8n x 8n, each lane 8 x 8 sums in registers, so that 16 numbers from shared memory,
/// four at a time, serve 64 multiply-adds. The 8 x 8 are four quarters, half a tile apart, so that neighbouring lanes read neighbouring fours. Every sum takes its terms in the same order there and here.
/// An activation is a pass of its own: written out for 64 sums it would be most of the kernel.
/// </summary>
internal static class LargeMatMulKernels
{
    /// <summary>Rows and columns of a tile for each lane along its side.</summary>
    public const int PerLane = 8;

    /// <summary>How many tiles a product must have to keep a card busy; smaller ones have more groups with smaller tiles.</summary>
    public const int FewestTiles = 64;

    private const int Depth = 8;

    // Fours from one row of a piece to the next: one more than a tile holds, so that lanes that write down a column meet different banks.
    private const int Pitch = (MatMulKernels.MostSide * PerLane / 4) + 1;

    /// <summary>One group a tile.</summary>
    [MeetsAtBarriers]
    public static void Product(MatMulArguments a)
    {
        ArrayView<Four> left = SharedMemory.Allocate<Four>(Depth * Pitch), right = SharedMemory.Allocate<Four>(Depth * Pitch);
        int side = Group.DimX, tile = side * PerLane, x = Group.IdxX, y = Group.IdxY;
        int row0 = Grid.IdxY * tile, column0 = Grid.IdxX * tile;
        int row = row0 + (4 * y), column = column0 + (4 * x), half = 4 * side;
        Four near = Start(a, column), far = Start(a, column + half);
        Four s0 = near, s1 = near, s2 = near, s3 = near, s4 = near, s5 = near, s6 = near, s7 = near;
        Four t0 = far, t1 = far, t2 = far, t3 = far, t4 = far, t5 = far, t6 = far, t7 = far;
        for (int k0 = 0; k0 < a.Depth; k0 += Depth)
        {
            MatMulKernels.Load(a.A, a.AOffset, a.AStride, a.TransposeA == 0, row0, a.Rows, k0, a.Depth, a.RoundFactors, tile, Depth, 4 * Pitch, left.Cast<float>());
            MatMulKernels.Load(a.B, a.BOffset, a.BStride, a.TransposeB != 0, column0, a.Columns, k0, a.Depth, a.RoundFactors, tile, Depth, 4 * Pitch, right.Cast<float>());
            Group.Barrier();
            int end = a.Depth - k0 < Depth ? a.Depth - k0 : Depth;
            for (int k = 0; k < end; k++)
            {
                Four l = left[(k * Pitch) + y], m = left[(k * Pitch) + side + y], r = right[(k * Pitch) + x], q = right[(k * Pitch) + side + x];
                s0 = Four.Add(s0, l.X, r);
                t0 = Four.Add(t0, l.X, q);
                s1 = Four.Add(s1, l.Y, r);
                t1 = Four.Add(t1, l.Y, q);
                s2 = Four.Add(s2, l.Z, r);
                t2 = Four.Add(t2, l.Z, q);
                s3 = Four.Add(s3, l.W, r);
                t3 = Four.Add(t3, l.W, q);
                s4 = Four.Add(s4, m.X, r);
                t4 = Four.Add(t4, m.X, q);
                s5 = Four.Add(s5, m.Y, r);
                t5 = Four.Add(t5, m.Y, q);
                s6 = Four.Add(s6, m.Z, r);
                t6 = Four.Add(t6, m.Z, q);
                s7 = Four.Add(s7, m.W, r);
                t7 = Four.Add(t7, m.W, q);
            }

            Group.Barrier();
        }

        Store(a, row, column, half, s0, t0);
        Store(a, row + 1, column, half, s1, t1);
        Store(a, row + 2, column, half, s2, t2);
        Store(a, row + 3, column, half, s3, t3);
        Store(a, row + half, column, half, s4, t4);
        Store(a, row + half + 1, column, half, s5, t5);
        Store(a, row + half + 2, column, half, s6, t6);
        Store(a, row + half + 3, column, half, s7, t7);
    }

    private static Four Start(MatMulArguments a, int column) => new()
    {
        X = MatMulKernels.Start(a, column),
        Y = MatMulKernels.Start(a, column + 1),
        Z = MatMulKernels.Start(a, column + 2),
        W = MatMulKernels.Start(a, column + 3),
    };

    private static void Store(MatMulArguments a, int row, int column, int half, Four near, Four far)
    {
        if (row >= a.Rows)
            return;
        Store(a, row, column, near);
        Store(a, row, column + half, far);
    }

    private static void Store(MatMulArguments a, int row, int column, Four sums)
    {
        Store(a, row, column, sums.X);
        Store(a, row, column + 1, sums.Y);
        Store(a, row, column + 2, sums.Z);
        Store(a, row, column + 3, sums.W);
    }

    private static void Store(MatMulArguments a, int row, int column, float sum)
    {
        if (column >= a.Columns)
            return;
        int at = a.COffset + (row * a.CStride) + column;
        a.C[at] = a.Accumulate != 0 ? a.C[at] + sum : sum;
    }
}
