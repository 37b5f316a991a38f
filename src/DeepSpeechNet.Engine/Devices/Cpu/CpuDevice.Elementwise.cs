using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <summary>Elements below which one thread is faster than waking the others.</summary>
    private const long ElementsWorthThreads = 1 << 16;

    /// <inheritdoc/>
    public override void Fill(Tensor target, float value)
    {
        ArgumentNullException.ThrowIfNull(target);
        float* to = Floats(target);
        ForRanges(target.Count, (from, count) => Maps.Fill(to + from, count, value));
        target.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void CopyColumns(Tensor source, int sourceColumn, Tensor target, int targetColumn, int columns, bool accumulate)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        nint sourceStride = source.Shape.Columns, targetStride = target.Shape.Columns;
        int rows = source.Shape.Rows;
        if (rows != target.Shape.Rows)
            throw new ArgumentException($"{source} and {target} have different numbers of rows.", nameof(target));
        if (columns < 0 || sourceColumn < 0 || targetColumn < 0 || sourceColumn > sourceStride - columns || targetColumn > targetStride - columns)
            throw new ArgumentException($"{columns} columns from {sourceColumn} of {source} to {targetColumn} of {target} do not lie inside both.", nameof(columns));
        float* from = Floats(source) + sourceColumn, to = Floats(target) + targetColumn;
        ForRows(rows, columns, (first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                float* x = from + (row * sourceStride), y = to + (row * targetStride);
                if (accumulate)
                    Maps.Apply(default(Functions.Add), y, x, y, columns);
                else
                    Buffer.MemoryCopy(x, y, columns * sizeof(float), columns * sizeof(float));
            }
        });
        target.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void Add(Tensor a, Tensor b, Tensor y)
    {
        SameCount(a, y);
        SameCount(b, y);
        float* p = Floats(a), q = Floats(b), to = Floats(y);
        ForRanges(y.Count, (from, count) => Maps.Apply(default(Functions.Add), p + from, q + from, to + from, count));
    }

    /// <inheritdoc/>
    public override void Multiply(Tensor a, Tensor b, Tensor y, bool accumulate = false)
    {
        SameCount(a, y);
        SameCount(b, y);
        float* p = Floats(a), q = Floats(b), to = Floats(y);
        if (accumulate)
            ForRanges(y.Count, (from, count) => Maps.Apply(default(Functions.MultiplyAdd), p + from, q + from, to + from, to + from, count));
        else
            ForRanges(y.Count, (from, count) => Maps.Apply(default(Functions.Multiply), p + from, q + from, to + from, count));
    }

    /// <inheritdoc/>
    public override void Scale(Tensor x, float scale, Tensor y, bool accumulate = false)
    {
        SameCount(x, y);
        float* p = Floats(x), to = Floats(y);
        if (accumulate)
            ForRanges(y.Count, (from, count) => Maps.Apply(new Functions.ScaleAdd(scale), p + from, to + from, to + from, count));
        else
            ForRanges(y.Count, (from, count) => Maps.Apply(new Functions.Scale(scale), p + from, to + from, count));
    }

    /// <inheritdoc/>
    public override void Activate(Activation activation, Tensor x, Tensor y)
    {
        SameCount(x, y);
        float* p = Floats(x), to = Floats(y);
        ForRanges(y.Count, (from, count) => Activations.Forward(activation, p + from, to + from, count));
    }

    /// <inheritdoc/>
    public override void ActivateBackward(Activation activation, Tensor y, Tensor dy, Tensor dx, bool accumulate = false)
    {
        SameCount(y, dx);
        SameCount(dy, dx);
        float* value = Floats(y), p = Floats(dy), to = Floats(dx);
        ForRanges(dx.Count, (from, count) => Activations.Backward(activation, value + from, p + from, to + from, count, accumulate));
    }

    /// <inheritdoc/>
    public override void SumRows(Tensor x, Tensor y, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        int rows = x.Shape.Rows, columns = x.Shape.Columns;
        if (y.Count != columns)
            throw new ArgumentException($"{y} cannot hold the sums of the {columns} columns of {x}.", nameof(y));
        float* from = Floats(x), to = Floats(y);
        int strips = (columns + ColumnSums.Strip - 1) / ColumnSums.Strip;
        ForRows(strips, rows * (long)ColumnSums.Strip, (first, end) =>
        {
            for (int strip = first; strip < end; strip++)
            {
                int column = strip * ColumnSums.Strip;
                ColumnSums.Sum(from + column, columns, rows, Math.Min(ColumnSums.Strip, columns - column), to + column, accumulate);
            }
        });
    }

    /// <inheritdoc/>
    public override void Dropout(Tensor x, float rate, ulong seed, Tensor y, bool accumulate = false)
    {
        SameCount(x, y);
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is at least 0 and below 1.");
        float* p = Floats(x), to = Floats(y);
        ForRanges(y.Count, (from, count) => DropoutKernel.Apply(p + from, rate, seed, (ulong)from, to + from, count, accumulate));
    }

    /// <summary>Calls <paramref name="part"/> with the start and length of stretches that cover <paramref name="count"/> elements, on as many threads as they are worth.</summary>
    private void ForRanges(long count, Action<nint, nint> part)
    {
        const long unit = 1 << 14;
        if (count < ElementsWorthThreads || _team.Size == 1)
        {
            part(0, (nint)count);
            return;
        }

        ShareRanges(count, unit, part);
    }

    private void ShareRanges(long count, long unit, Action<nint, nint> part)
    {
        long next = 0;
        _team.RunShared(_ =>
        {
            for (long from = Interlocked.Add(ref next, unit) - unit; from < count; from = Interlocked.Add(ref next, unit) - unit)
                part((nint)from, (nint)Math.Min(unit, count - from));
        });
    }

    /// <summary>Calls <paramref name="part"/> with ranges of rows of <paramref name="elementsPerRow"/> elements, on as many threads as they are worth.</summary>
    private void ForRows(int rows, long elementsPerRow, Action<int, int> part)
    {
        if (rows * elementsPerRow < ElementsWorthThreads || _team.Size == 1)
        {
            part(0, rows);
            return;
        }

        ShareRows(rows, Math.Max(1, (int)Math.Min(rows / _team.Size, (1 << 14) / elementsPerRow)), part);
    }

    private void ShareRows(int rows, int unit, Action<int, int> part)
    {
        int next = 0;
        _team.RunShared(_ =>
        {
            for (int row = Interlocked.Add(ref next, unit) - unit; row < rows; row = Interlocked.Add(ref next, unit) - unit)
                part(row, Math.Min(rows, row + unit));
        });
    }

    private static void SameCount(Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Count != b.Count)
            throw new ArgumentException($"{a} and {b} have different numbers of elements.");
    }
}
