using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What a matrix product takes.</summary>
internal struct MatMulArguments
{
    public ArrayView<float> A;
    public ArrayView<float> B;
    public ArrayView<float> C;
    public ArrayView<float> Bias;
    public int AOffset;
    public int AStride;
    public int BOffset;
    public int BStride;
    public int COffset;
    public int CStride;
    public int Rows;
    public int Columns;
    public int Depth;
    public int TransposeA;
    public int TransposeB;
    public int HasBias;
    public int Accumulate;
    public int RoundFactors;
    public int Activation;
}

/// <summary>
/// C = act(op(A) op(B) + bias), or C += op(A) op(B). A group of n x n lanes makes a tile of 4n x 4n: pieces of both factors come through shared memory and
/// each lane keeps 4 x 4 sums in registers. Every sum runs from the first term to the last, whatever the other extents are.
/// </summary>
internal static class MatMulKernels
{
    /// <summary>The longest side of a group.</summary>
    public const int MostSide = 16;

    /// <summary>Rows and columns of a tile for each lane along its side.</summary>
    public const int PerLane = 4;

    private const int Depth = 16;

    // One more than a tile's side, so that lanes that read down a column meet different banks.
    private const int Pitch = (MostSide * PerLane) + 1;

    /// <summary>One group a tile.</summary>
    [MeetsAtBarriers]
    public static void Product(MatMulArguments a)
    {
        ArrayView<float> left = SharedMemory.Allocate<float>(Depth * Pitch), right = SharedMemory.Allocate<float>(Depth * Pitch);
        int side = Group.DimX, tile = side * PerLane, x = Group.IdxX, y = Group.IdxY;
        int row0 = Grid.IdxY * tile, column0 = Grid.IdxX * tile, row = row0 + y, column = column0 + x;
        float b0 = Start(a, column), b1 = Start(a, column + side), b2 = Start(a, column + (2 * side)), b3 = Start(a, column + (3 * side));
        float s00 = b0, s01 = b1, s02 = b2, s03 = b3, s10 = b0, s11 = b1, s12 = b2, s13 = b3;
        float s20 = b0, s21 = b1, s22 = b2, s23 = b3, s30 = b0, s31 = b1, s32 = b2, s33 = b3;
        for (int k0 = 0; k0 < a.Depth; k0 += Depth)
        {
            Load(a.A, a.AOffset, a.AStride, a.TransposeA == 0, row0, a.Rows, k0, a.Depth, a.RoundFactors, tile, Depth, Pitch, left);
            Load(a.B, a.BOffset, a.BStride, a.TransposeB != 0, column0, a.Columns, k0, a.Depth, a.RoundFactors, tile, Depth, Pitch, right);
            Group.Barrier();
            int end = a.Depth - k0 < Depth ? a.Depth - k0 : Depth;
            for (int k = 0; k < end; k++)
            {
                int l = (k * Pitch) + y, r = (k * Pitch) + x;
                float r0 = right[r], r1 = right[r + side], r2 = right[r + (2 * side)], r3 = right[r + (3 * side)];
                float l0 = left[l], l1 = left[l + side], l2 = left[l + (2 * side)], l3 = left[l + (3 * side)];
                s00 += l0 * r0;
                s01 += l0 * r1;
                s02 += l0 * r2;
                s03 += l0 * r3;
                s10 += l1 * r0;
                s11 += l1 * r1;
                s12 += l1 * r2;
                s13 += l1 * r3;
                s20 += l2 * r0;
                s21 += l2 * r1;
                s22 += l2 * r2;
                s23 += l2 * r3;
                s30 += l3 * r0;
                s31 += l3 * r1;
                s32 += l3 * r2;
                s33 += l3 * r3;
            }

            Group.Barrier();
        }

        Store(a, row, column, side, s00, s01, s02, s03);
        Store(a, row + side, column, side, s10, s11, s12, s13);
        Store(a, row + (2 * side), column, side, s20, s21, s22, s23);
        Store(a, row + (3 * side), column, side, s30, s31, s32, s33);
    }

    /// <summary>What a sum starts from: the bias of its column.</summary>
    internal static float Start(MatMulArguments a, int column) => a.HasBias != 0 && column < a.Columns ? a.Bias[column] : 0;

    /// <summary>
    /// A piece of a factor, [piece, tile] with <paramref name="pitch"/> numbers from row to row, zeros outside of it. Neighbouring lanes read neighbouring elements: along the depth where that is how the
    /// factor lies, else across.
    /// </summary>
    internal static void Load(ArrayView<float> source, int offset, int stride, bool depthLiesTogether, int first, int count, int k0, int depth, int round, int tile, int piece, int pitch, ArrayView<float> target)
    {
        int lanes = Group.DimX * Group.DimX;
        for (int e = (Group.IdxY * Group.DimX) + Group.IdxX; e < tile * piece; e += lanes)
        {
            int i = depthLiesTogether ? e / piece : e % tile, k = depthLiesTogether ? e % piece : e / tile;
            int at = depthLiesTogether ? ((first + i) * stride) + k0 + k : ((k0 + k) * stride) + first + i;
            float value = first + i < count && k0 + k < depth ? source[offset + at] : 0;
            target[(k * pitch) + i] = round != 0 ? KernelMath.RoundToBFloat16(value) : value;
        }
    }

    private static void Store(MatMulArguments a, int row, int column, int side, float s0, float s1, float s2, float s3)
    {
        if (row >= a.Rows)
            return;
        Store(a, row, column, s0);
        Store(a, row, column + side, s1);
        Store(a, row, column + (2 * side), s2);
        Store(a, row, column + (3 * side), s3);
    }

    private static void Store(MatMulArguments a, int row, int column, float sum)
    {
        if (column >= a.Columns)
            return;
        int at = a.COffset + (row * a.CStride) + column;
        a.C[at] = a.Accumulate != 0 ? a.C[at] + sum : KernelMath.Activate(a.Activation, sum);
    }
}
