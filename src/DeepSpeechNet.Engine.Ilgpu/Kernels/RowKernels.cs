using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What the kernels over rows of a table take; each uses what it needs.</summary>
internal struct RowArguments
{
    public ArrayView<float> Table;
    public ArrayView<int> Indices;
    public ArrayView<float> Rows;
    public ArrayView<float> Scales;
    public int TableRows;
    public int Columns;
    public int Count;
    public int Accumulate;
}

/// <summary>What the kernels that add up rows of equal index take.</summary>
internal struct CoalesceArguments
{
    /// <summary>[n]: the row of the table that each row belongs to.</summary>
    public ArrayView<int> Indices;

    /// <summary>[n, columns].</summary>
    public ArrayView<float> Rows;

    /// <summary>[n]: whether no earlier row has the same index.</summary>
    public ArrayView<int> First;

    /// <summary>[n]: the next row of the same index, or -1.</summary>
    public ArrayView<int> Next;

    /// <summary>[n]: the first row of each distinct index in rising order, -1 behind them.</summary>
    public ArrayView<int> Owner;

    /// <summary>[n]: the distinct indices in rising order, -1 behind them.</summary>
    public ArrayView<int> Distinct;

    /// <summary>[n, columns].</summary>
    public ArrayView<float> Sums;
    public int Count;
    public int Columns;
}

/// <summary>What <see cref="RowKernels.CopyIntegers"/> and <see cref="RowKernels.FillIntegers"/> take.</summary>
internal struct IntegerArguments
{
    public ArrayView<int> X;
    public ArrayView<int> Y;
    public int Offset;
    public int Count;
    public int Value;
}

/// <summary>Rows of tables. The terms of a sum are added in order by one lane, so that no atomic operation is needed and results repeat.</summary>
internal static class RowKernels
{
    /// <summary>rows[r] = table[indices[r]]; zeros for padding, NaN for an index past the table.</summary>
    public static void Gather(RowArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        int row = i / a.Columns, index = a.Indices[row];
        a.Rows[i] = index < 0 ? 0 : index >= a.TableRows ? float.NaN : a.Table[(index * a.Columns) + i - (row * a.Columns)];
    }

    /// <summary>table[indices[r]] += rows[r] in the order of r; one lane a column. Indices past the table are passed over.</summary>
    public static void ScatterAdd(RowArguments a)
    {
        int column = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (column >= a.Columns)
            return;
        for (int r = 0; r < a.Count; r++)
        {
            int index = a.Indices[r];
            if (index >= 0 && index < a.TableRows)
                a.Table[(index * a.Columns) + column] += a.Rows[(r * a.Columns) + column];
        }
    }

    /// <summary>scales[r] (+)= table[r] . rows[r]; one group a row.</summary>
    [MeetsAtBarriers]
    public static void Dots(RowArguments a)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupSums.MostLanes);
        int row = Grid.IdxX;
        double sum = 0;
        for (int c = Group.IdxX; c < a.Columns; c += Group.DimX)
            sum += (double)a.Table[(row * a.Columns) + c] * a.Rows[(row * a.Columns) + c];
        sum = GroupSums.Sum(shared, sum);
        if (Group.IdxX == 0)
            a.Scales[row] = a.Accumulate != 0 ? a.Scales[row] + (float)sum : (float)sum;
    }

    /// <summary>rows[r] (+)= scales[r] table[r].</summary>
    public static void Scale(RowArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        float value = a.Scales[i / a.Columns] * a.Table[i];
        a.Rows[i] = a.Accumulate != 0 ? a.Rows[i] + value : value;
    }

    /// <summary>y[offset + i] = x[i].</summary>
    public static void CopyIntegers(IntegerArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i < a.Count)
            a.Y[a.Offset + i] = a.X[i];
    }

    /// <summary>y[offset + i] = value.</summary>
    public static void FillIntegers(IntegerArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i < a.Count)
            a.Y[a.Offset + i] = a.Value;
    }

    /// <summary>Finds for each row whether it is the first of its index, and the next one of the same.</summary>
    public static void Link(CoalesceArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        int index = a.Indices[i], first = index >= 0 ? 1 : 0, next = -1;
        for (int j = 0; j < i && first != 0; j++)
        {
            if (a.Indices[j] == index)
                first = 0;
        }

        for (int j = i + 1; j < a.Count && next < 0 && index >= 0; j++)
        {
            if (a.Indices[j] == index)
                next = j;
        }

        a.First[i] = first;
        a.Next[i] = next;
    }

    /// <summary>Puts each first row in its place by rising index.</summary>
    public static void Rank(CoalesceArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count || a.First[i] == 0)
            return;
        int index = a.Indices[i], rank = 0;
        for (int j = 0; j < a.Count; j++)
            rank += a.First[j] != 0 && a.Indices[j] < index ? 1 : 0;
        a.Owner[rank] = i;
        a.Distinct[rank] = index;
    }

    /// <summary>Adds up the rows of each distinct index in order.</summary>
    public static void AddLinked(CoalesceArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count * a.Columns)
            return;
        int place = i / a.Columns, column = i - (place * a.Columns), row = a.Owner[place];
        if (row < 0)
            return;
        float sum = a.Rows[(row * a.Columns) + column];
        for (row = a.Next[row]; row >= 0; row = a.Next[row])
            sum += a.Rows[(row * a.Columns) + column];
        a.Sums[i] = sum;
    }
}
