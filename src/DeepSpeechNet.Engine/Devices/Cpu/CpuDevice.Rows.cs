using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <summary>Threads that add rows to a table share it by columns, whole cache lines each.</summary>
    private const int ColumnGrain = 16;

    private long[] _rowKeys = [];
    private nint[] _rowSources = [];
    private int[] _rowStarts = [];

    /// <inheritdoc/>
    public override void GatherRows(Tensor table, Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        CheckRows(table, indices, y);
        float* source = Floats(table), target = Floats(y);
        int* index = Integers(indices);
        int columns = table.Shape.Columns;
        ForRows(y.Shape.Rows, columns, (first, end) =>
        {
            for (int r = first; r < end; r++)
            {
                Span<float> row = new(target + ((nint)r * columns), columns);
                if (index[r] < 0)
                    row.Clear();
                else
                    new ReadOnlySpan<float>(source + ((nint)index[r] * columns), columns).CopyTo(row);
            }
        });
    }

    /// <inheritdoc/>
    public override void ScatterAddRows(Tensor rows, Tensor indices, Tensor table)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(table);
        CheckRows(table, indices, rows);
        float* source = Floats(rows), target = Floats(table);
        int* index = Integers(indices);
        int count = rows.Shape.Rows, columns = table.Shape.Columns;

        // Each thread takes some columns of all rows, so that a table row gets its terms in order whoever adds them.
        ForRanges(columns, ColumnGrain, Math.Max(ColumnGrain, WorthwhileParameters / Math.Max(count, 1)), (first, end) =>
        {
            for (int r = 0; r < count; r++)
            {
                if (index[r] < 0)
                    continue;
                float* to = target + ((nint)index[r] * columns) + first;
                Maps.Apply(default(Functions.Add), to, source + ((nint)r * columns) + first, to, (nint)(end - first));
            }
        });
        table.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void CoalesceRows(ReadOnlySpan<RowGradient> parts, RowGradient sum)
    {
        ArgumentNullException.ThrowIfNull(sum);
        int columns = sum.Rows.Shape.Columns, all = checked((int)sum.Indices.Count), count = 0;
        if (_rowKeys.Length < all)
            (_rowKeys, _rowSources, _rowStarts) = (new long[all], new nint[all], new int[all + 1]);
        long[] keys = _rowKeys;
        foreach (RowGradient part in parts)
        {
            int* index = Integers(part.Indices);
            float* rows = Floats(part.Rows);
            int own = checked((int)part.Indices.Count);
            if (part.Rows.Shape.Columns != columns || part.Rows.Shape.Rows != own || sum.Rows.Shape.Rows != all || all < count + own)
                throw new ArgumentException($"Rows {part.Rows} with {part.Indices} indices do not go into {sum.Rows} with {sum.Indices}.", nameof(parts));
            for (int i = 0; i < own; i++)
            {
                if (index[i] < 0)
                    continue;
                _rowSources[count] = (nint)(rows + ((nint)i * columns));
                keys[count] = ((long)index[i] << 32) | (uint)count++;
            }
        }

        // Sorted by index, and within an index in the order given.
        Array.Sort(keys, 0, count);
        int* target = Integers(sum.Indices);
        float* to = Floats(sum.Rows);
        nint[] sources = _rowSources;
        int[] starts = _rowStarts;
        int distinct = 0;
        for (int i = 0; i < count; i++)
        {
            int index = (int)(keys[i] >> 32);
            if (i > 0 && (int)(keys[i - 1] >> 32) == index)
                continue;
            starts[distinct] = i;
            target[distinct++] = index;
        }

        starts[distinct] = count;
        new Span<int>(target + distinct, all - distinct).Fill(-1);
        ForRows(distinct, columns, (first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                float* y = to + ((nint)row * columns);
                new ReadOnlySpan<float>((float*)sources[(int)keys[starts[row]]], columns).CopyTo(new Span<float>(y, columns));
                for (int i = starts[row] + 1; i < starts[row + 1]; i++)
                    Maps.Apply(default(Functions.Add), y, (float*)sources[(int)keys[i]], y, columns);
            }
        });
    }

    /// <inheritdoc/>
    public override void RowDots(Tensor a, Tensor b, Tensor y, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        int rows = a.Shape.Rows, columns = a.Shape.Columns;
        if (b.Shape.Rows != rows || b.Shape.Columns != columns)
            throw new ArgumentException($"The rows of {a} and {b} have no inner products.", nameof(b));
        CheckCount(y, rows, nameof(y));
        float* p = Floats(a), q = Floats(b), to = Floats(y);
        ForRows(rows, columns, (first, end) =>
        {
            for (int r = first; r < end; r++)
            {
                float dot = ReductionKernels.Dot(p + ((nint)r * columns), q + ((nint)r * columns), columns);
                to[r] = accumulate ? to[r] + dot : dot;
            }
        });
    }

    /// <inheritdoc/>
    public override void ScaleRows(Tensor x, Tensor scales, Tensor y, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(scales);
        ArgumentNullException.ThrowIfNull(y);
        int rows = x.Shape.Rows, columns = x.Shape.Columns;
        if (y.Shape.Rows != rows || y.Shape.Columns != columns)
            throw new ArgumentException($"{x} and {y} must have the same rows and columns.", nameof(y));
        CheckCount(scales, rows, nameof(scales));
        float* p = Floats(x), s = Floats(scales), to = Floats(y);
        ForRows(rows, columns, (first, end) =>
        {
            for (int r = first; r < end; r++)
            {
                float* from = p + ((nint)r * columns), target = to + ((nint)r * columns);
                if (accumulate)
                    Maps.Apply(new Functions.ScaleAdd(s[r]), from, target, target, columns);
                else
                    Maps.Apply(new Functions.Scale(s[r]), from, target, columns);
            }
        });
    }

    /// <summary>Checks that rows of a table and a tensor of them fit, and that every index lies in the table.</summary>
    private static void CheckRows(Tensor table, Tensor indices, Tensor rows)
    {
        if (table.Shape.Rank != 2 || rows.Shape.Columns != table.Shape.Columns || rows.Shape.Rows != indices.Count)
            throw new ArgumentException($"{indices} indices of rows of {table} do not go with {rows}.", nameof(rows));
        CheckIndices(indices, table.Shape.Rows, nameof(indices));
    }

    /// <summary>Checks that no index is <paramref name="limit"/> or more; negative ones mean padding.</summary>
    private static void CheckIndices(Tensor indices, int limit, string name)
    {
        int* index = Integers(indices);
        for (long i = 0; i < indices.Count; i++)
        {
            if (index[i] >= limit)
                throw new ArgumentException($"Index {index[i]} at place {i} is past the last of {limit}.", name);
        }
    }
}
