namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// The decisions of a batch in a tree of softmaxes, in two orders: row by row along each path, and grouped by node. Its arrays are kept from batch to batch.
/// </summary>
internal sealed unsafe class TreePlan
{
    private long[] _keys = [];

    /// <summary>How many decisions there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many nodes take part.</summary>
    public int Groups { get; private set; }

    /// <summary>Rows of the weight that take part, over all groups.</summary>
    public int WeightRows { get; private set; }

    /// <summary>For each row of the batch where its decisions start; one more at the end.</summary>
    public int[] RowStarts { get; private set; } = [];

    /// <summary>The batch row of each decision.</summary>
    public int[] Row { get; private set; } = [];

    /// <summary>The node of each decision.</summary>
    public int[] Node { get; private set; } = [];

    /// <summary>The child taken in each decision.</summary>
    public int[] Child { get; private set; } = [];

    /// <summary>The loss of each decision, for the kernels.</summary>
    public float[] Loss { get; private set; } = [];

    /// <summary>The gradient of the logit of each decision of two children, for the kernels.</summary>
    public float[] Gradient { get; private set; } = [];

    /// <summary>Where each group starts among the sorted decisions; one more at the end.</summary>
    public int[] GroupStarts { get; private set; } = [];

    /// <summary>Where the weight rows of each group start among all that take part.</summary>
    public int[] GroupRows { get; private set; } = [];

    /// <summary>The decision at a place of the order by node; those of a node stand in the order of the batch.</summary>
    public int Sorted(int place) => (int)_keys[place];

    /// <summary>Takes up a batch.</summary>
    public void Fill(int* targets, int rows, int* offsets, int* paths, int* nodes)
    {
        int count = 0;
        for (int r = 0; r < rows; r++)
            count += targets[r] < 0 ? 0 : offsets[targets[r] + 1] - offsets[targets[r]];
        Grow(rows, count);
        Count = 0;
        for (int r = 0; r < rows; r++)
        {
            RowStarts[r] = Count;
            for (int p = targets[r] < 0 ? 0 : offsets[targets[r]], end = targets[r] < 0 ? 0 : offsets[targets[r] + 1]; p < end; p++)
            {
                Row[Count] = r;
                Node[Count] = paths[2 * p];
                Child[Count] = paths[(2 * p) + 1];
                _keys[Count] = ((long)paths[2 * p] << 32) | (uint)Count++;
            }
        }

        RowStarts[rows] = Count;
        Array.Sort(_keys, 0, Count);
        Groups = WeightRows = 0;
        for (int i = 0; i < Count; i++)
        {
            if (i > 0 && _keys[i] >> 32 == _keys[i - 1] >> 32)
                continue;
            GroupStarts[Groups] = i;
            GroupRows[Groups++] = WeightRows;
            WeightRows += nodes[(2 * (int)(_keys[i] >> 32)) + 1];
        }

        GroupStarts[Groups] = Count;
    }

    private void Grow(int rows, int count)
    {
        if (RowStarts.Length <= rows)
            RowStarts = new int[rows + 1];
        if (Row.Length >= count)
            return;
        int size = count + (count / 4);
        _keys = new long[size];
        (Row, Node, Child, GroupRows, GroupStarts) = (new int[size], new int[size], new int[size], new int[size], new int[size + 1]);
        (Loss, Gradient) = (new float[size], new float[size]);
    }
}
