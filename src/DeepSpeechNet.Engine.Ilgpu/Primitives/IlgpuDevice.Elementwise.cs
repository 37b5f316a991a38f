using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Ilgpu;

public sealed partial class IlgpuDevice
{
    /// <inheritdoc/>
    public override void Fill(Tensor target, float value)
    {
        Each(ElementwiseKernels.Fill, Checked(target).Count, Elementwise(target, target, target, factor: value));
        target.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void CopyColumns(Tensor source, int sourceColumn, Tensor target, int targetColumn, int columns, bool accumulate)
    {
        int rows = Checked(source).Shape.Rows;
        if (rows != Checked(target).Shape.Rows)
            throw new ArgumentException($"{source} and {target} have different numbers of rows.", nameof(target));
        if (columns < 0 || sourceColumn < 0 || targetColumn < 0 || sourceColumn > source.Shape.Columns - columns || targetColumn > target.Shape.Columns - columns)
            throw new ArgumentException($"{columns} columns from {sourceColumn} of {source} to {targetColumn} of {target} do not lie inside both.", nameof(columns));
        Each(ElementwiseKernels.CopyColumns, (long)rows * columns, new CopyColumnsArguments
        {
            X = Floats(source),
            Y = Floats(target),
            XStride = source.Shape.Columns,
            XColumn = sourceColumn,
            YStride = target.Shape.Columns,
            YColumn = targetColumn,
            Columns = columns,
            Count = rows * columns,
            Accumulate = Flag(accumulate),
        });
        target.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void Add(Tensor a, Tensor b, Tensor y)
    {
        SameCount(a, y);
        SameCount(b, y);
        Each(ElementwiseKernels.Add, y.Count, Elementwise(a, b, y));
    }

    /// <inheritdoc/>
    public override void Multiply(Tensor a, Tensor b, Tensor y, bool accumulate = false)
    {
        SameCount(a, y);
        SameCount(b, y);
        Each(ElementwiseKernels.Multiply, y.Count, Elementwise(a, b, y, accumulate));
    }

    /// <inheritdoc/>
    public override void Scale(Tensor x, float scale, Tensor y, bool accumulate = false)
    {
        SameCount(x, y);
        Each(ElementwiseKernels.Scale, y.Count, Elementwise(x, x, y, accumulate, scale));
    }

    /// <inheritdoc/>
    public override void Activate(Activation activation, Tensor x, Tensor y)
    {
        SameCount(x, y);
        Each(ElementwiseKernels.Activate, y.Count, Elementwise(x, x, y) with { Kind = (int)activation });
    }

    /// <inheritdoc/>
    public override void ActivateBackward(Activation activation, Tensor y, Tensor dy, Tensor dx, bool accumulate = false)
    {
        SameCount(y, dx);
        SameCount(dy, dx);
        Each(ElementwiseKernels.ActivateBackward, dx.Count, Elementwise(y, dy, dx, accumulate) with { Kind = (int)activation });
    }

    /// <inheritdoc/>
    public override void Dropout(Tensor x, float rate, ulong seed, Tensor y, bool accumulate = false)
    {
        SameCount(x, y);
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is at least 0 and below 1.");
        Each(ElementwiseKernels.Dropout, y.Count, Elementwise(x, x, y, accumulate, rate) with { Seed = seed });
    }

    /// <inheritdoc/>
    public override void ClipValues(Tensor gradients, float limit)
    {
        if (!(limit > 0))
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "The limit of a gradient must be above 0.");
        Each(ElementwiseKernels.Clip, Checked(gradients).Count, Elementwise(gradients, gradients, gradients, factor: limit));
    }

    /// <inheritdoc/>
    public override void SumRows(Tensor x, Tensor y, bool accumulate = false)
    {
        int rows = Checked(x).Shape.Rows, columns = x.Shape.Columns;
        if (Checked(y).Count != columns)
            throw new ArgumentException($"{y} cannot hold the sums of the {columns} columns of {x}.", nameof(y));
        SumColumns(new ColumnSumArguments
        {
            X = Floats(x),
            States = NoFloats,
            Initial = NoFloats,
            Y = Floats(y),
            Stride = columns,
            Rows = rows,
            Columns = columns,
            Accumulate = Flag(accumulate),
            Batch = 1,
        });
    }

    /// <summary>Sums over rows; the arguments lack the blocks.</summary>
    private void SumColumns(ColumnSumArguments a)
    {
        a.Blocks = Math.Max(1, (a.Rows + ColumnSumKernels.BlockRows - 1) / ColumnSumKernels.BlockRows);
        a.Partial = Scratch<double>((long)a.Blocks * a.Columns, out var scratch);
        Each(ColumnSumKernels.Partial, (long)a.Blocks * a.Columns, a);
        Each(ColumnSumKernels.Combine, a.Columns, a);
        Return(scratch);
    }

    private ElementwiseArguments Elementwise(Tensor a, Tensor b, Tensor y, bool accumulate = false, float factor = 0) => new()
    {
        A = Floats(a),
        B = Floats(b),
        Y = Floats(y),
        Count = (int)y.Count,
        Accumulate = Flag(accumulate),
        Factor = factor,
    };

    private static Tensor Checked(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor;
    }
}
