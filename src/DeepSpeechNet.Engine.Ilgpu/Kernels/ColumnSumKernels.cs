using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What the sums over rows take.</summary>
internal struct ColumnSumArguments
{
    /// <summary>Element (row, column) lies at row * Stride + Offset + column.</summary>
    public ArrayView<float> X;

    /// <summary>[Time, Batch, Columns]: states that the elements are multiplied by, for the gradients of peepholes.</summary>
    public ArrayView<float> States;

    /// <summary>[Batch, Columns]: the state before the first step.</summary>
    public ArrayView<float> Initial;

    /// <summary>[blocks, columns].</summary>
    public ArrayView<double> Partial;
    public ArrayView<float> Y;
    public int Offset;
    public int Stride;
    public int Rows;
    public int Columns;
    public int Blocks;
    public int YOffset;
    public int Accumulate;

    /// <summary>0: no states; 1: the state of the row's own frame; 2: the state that its step started from.</summary>
    public int Factor;
    public int Reverse;
    public int Time;
    public int Batch;
}

/// <summary>Sums over the rows of a matrix in double precision: over blocks of a fixed number of rows, then over the blocks in order.</summary>
internal static class ColumnSumKernels
{
    /// <summary>Rows of one partial sum.</summary>
    public const int BlockRows = 64;

    /// <summary>One lane a block and column.</summary>
    public static void Partial(ColumnSumArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Blocks * a.Columns)
            return;
        int block = i / a.Columns, column = i - (block * a.Columns);
        int end = (block + 1) * BlockRows < a.Rows ? (block + 1) * BlockRows : a.Rows;
        double sum = 0;
        for (int row = block * BlockRows; row < end; row++)
            sum += (double)a.X[(row * a.Stride) + a.Offset + column] * State(a, row, column);
        a.Partial[i] = sum;
    }

    /// <summary>One lane a column.</summary>
    public static void Combine(ColumnSumArguments a)
    {
        int column = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (column >= a.Columns)
            return;
        double sum = 0;
        for (int block = 0; block < a.Blocks; block++)
            sum += a.Partial[(block * a.Columns) + column];
        int to = a.YOffset + column;
        a.Y[to] = a.Accumulate != 0 ? a.Y[to] + (float)sum : (float)sum;
    }

    private static float State(ColumnSumArguments a, int row, int column)
    {
        if (a.Factor == 0)
            return 1;
        if (a.Factor == 1)
            return a.States[(row * a.Columns) + column];
        int frame = row / a.Batch, utterance = row - (frame * a.Batch), before = a.Reverse != 0 ? frame + 1 : frame - 1;
        return before < 0 || before >= a.Time ? a.Initial[(utterance * a.Columns) + column] : a.States[(((before * a.Batch) + utterance) * a.Columns) + column];
    }
}
