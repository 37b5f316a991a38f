using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <summary>Threads that add rows to a table share it by columns, whole cache lines each.</summary>
    private const int ColumnGrain = 16;

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
