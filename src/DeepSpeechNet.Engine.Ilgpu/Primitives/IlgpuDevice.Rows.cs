using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu;

public sealed partial class IlgpuDevice
{
    /// <inheritdoc/>
    public override void GatherRows(Tensor table, Tensor indices, Tensor y) =>
        Each(RowKernels.Gather, Checked(y).Count, Rows(table, indices, y) with { Count = (int)y.Count });

    /// <inheritdoc/>
    public override void ScatterAddRows(Tensor rows, Tensor indices, Tensor table)
    {
        Each(RowKernels.ScatterAdd, Checked(table).Shape.Columns, Rows(table, indices, rows) with { Count = (int)indices.Count });
        table.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void CoalesceRows(ReadOnlySpan<RowGradient> parts, RowGradient sum)
    {
        ArgumentNullException.ThrowIfNull(sum);
        int columns = sum.Rows.Shape.Columns, all = checked((int)sum.Indices.Count), count = 0;
        foreach (RowGradient part in parts)
        {
            int own = checked((int)part.Indices.Count);
            count += own;
            if (part.Rows.Shape.Columns != columns || part.Rows.Shape.Rows != own || sum.Rows.Shape.Rows != all || all < count)
                throw new ArgumentException($"Rows {part.Rows} with {part.Indices} indices do not go into {sum.Rows} with {sum.Indices}.", nameof(parts));
        }

        CoalesceArguments a = new()
        {
            Indices = Scratch<int>(all, out MachineBuffer indices),
            Rows = Scratch<float>((long)all * columns, out MachineBuffer rows),
            First = Scratch<int>(all, out MachineBuffer first),
            Next = Scratch<int>(all, out MachineBuffer next),
            Owner = Scratch<int>(all, out MachineBuffer owner),
            Distinct = Integers(sum.Indices),
            Sums = Floats(sum.Rows),
            Count = all,
            Columns = columns,
        };
        FillIntegers(a.Indices, all, -1);
        FillIntegers(a.Owner, all, -1);
        FillIntegers(a.Distinct, all, -1);
        int at = 0;
        foreach (RowGradient part in parts)
        {
            int own = (int)part.Indices.Count;
            Each(RowKernels.CopyIntegers, own, new IntegerArguments { X = Integers(part.Indices), Y = a.Indices, Offset = at, Count = own });
            Each(ElementwiseKernels.CopyColumns, part.Rows.Count, new CopyColumnsArguments
            {
                X = Floats(part.Rows),
                Y = a.Rows,
                YColumn = at * columns,
                Columns = Math.Max(1, (int)part.Rows.Count),
                Count = (int)part.Rows.Count,
            });
            at += own;
        }

        Each(RowKernels.Link, all, a);
        Each(RowKernels.Rank, all, a);
        Each(RowKernels.AddLinked, (long)all * columns, a);
        foreach (MachineBuffer buffer in (ReadOnlySpan<MachineBuffer>)[indices, rows, first, next, owner])
            Return(buffer);
    }

    /// <inheritdoc/>
    public override void RowDots(Tensor a, Tensor b, Tensor y, bool accumulate = false)
    {
        int rows = Checked(a).Shape.Rows, columns = a.Shape.Columns;
        if (Checked(b).Shape.Rows != rows || b.Shape.Columns != columns)
            throw new ArgumentException($"The rows of {a} and {b} have no inner products.", nameof(b));
        CheckCount(Checked(y), rows, nameof(y));
        EachRow(RowKernels.Dots, rows, columns, RowPairs(a, b, y, accumulate));
    }

    /// <inheritdoc/>
    public override void ScaleRows(Tensor x, Tensor scales, Tensor y, bool accumulate = false)
    {
        int rows = Checked(x).Shape.Rows, columns = x.Shape.Columns;
        if (Checked(y).Shape.Rows != rows || y.Shape.Columns != columns)
            throw new ArgumentException($"{x} and {y} must have the same rows and columns.", nameof(y));
        CheckCount(Checked(scales), rows, nameof(scales));
        Each(RowKernels.Scale, x.Count, RowPairs(x, y, scales, accumulate));
    }

    private RowArguments RowPairs(Tensor a, Tensor b, Tensor perRow, bool accumulate) => new()
    {
        Table = Floats(a),
        Indices = NoIntegers,
        Rows = Floats(b),
        Scales = Floats(perRow),
        Columns = a.Shape.Columns,
        Count = (int)a.Count,
        Accumulate = Flag(accumulate),
    };

    private RowArguments Rows(Tensor table, Tensor indices, Tensor rows)
    {
        if (Checked(table).Shape.Rank != 2 || Checked(rows).Shape.Columns != table.Shape.Columns || rows.Shape.Rows != Checked(indices).Count)
            throw new ArgumentException($"{indices} indices of rows of {table} do not go with {rows}.", nameof(rows));
        return new RowArguments
        {
            Table = Floats(table),
            Indices = Integers(indices),
            Rows = Floats(rows),
            Scales = NoFloats,
            TableRows = table.Shape.Rows,
            Columns = table.Shape.Columns,
        };
    }

    private void FillIntegers(ArrayView<int> target, int count, int value) =>
        Each(RowKernels.FillIntegers, count, new IntegerArguments { X = target, Y = target, Count = count, Value = value });
}
