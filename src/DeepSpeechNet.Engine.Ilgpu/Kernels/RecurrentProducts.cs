using ILGPU;
using ILGPU.Runtime;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>One product of a phase: rows of a state or of a gradient times some sets of columns of the weights, or a part of them.</summary>
internal struct RecurrentProduct
{
    /// <summary>The first set of columns, and how many follow each other.</summary>
    public int Set;
    public int Sets;

    /// <summary>The set of sums that the first one goes to.</summary>
    public int Target;

    /// <summary>Whether it is added to what an earlier product of the phase left there.</summary>
    public int Add;

    /// <summary>The part of the columns: from where, how long.</summary>
    public int From;
    public int Depth;
}

/// <summary>The sums that an output needs.</summary>
internal struct RecurrentSums
{
    public RecurrentTile Tile;
    public int Rows;

    /// <summary>The output, counted unit by unit.</summary>
    public int Output;

    /// <summary>What a sum starts from: zero, or NaN where groups waited in vain.</summary>
    public float Start;
    public ArrayView<Four> Parts;

    /// <summary>The sum of the output's utterance and the column of its unit in a set.</summary>
    public readonly float Of(int set)
    {
        int row = Output / Tile.Width, column = (set * Tile.Width) + (Output % Tile.Width);
        int quads = Rows / 4, blocks = quads * (Tile.Columns / 4), block = (column / 4 * quads) + (row / 4);
        ArrayView<float> parts = Parts.Cast<float>();
        float sum = Start;
        for (int slice = 0; slice < Tile.Slices; slice++)
            sum += parts[(4 * RecurrentProducts.Place(slice, blocks, block, row % 4)) + (column % 4)];
        return sum;
    }
}

/// <summary>
/// The products inside a step. Few sums, each long: a lane makes the sums of 4 utterances and 4 columns over every n-th four of terms, reads the weights from shared memory, and the n parts
/// are added up by whoever needs the sum. Every lane of a group takes part, also those past the batch.
/// </summary>
internal static class RecurrentProducts
{
    /// <summary>Fours of shared memory for weights; with that for sums 48 KB, the most that every CUDA card gives a group unasked.</summary>
    public const int WeightRoom = 2048;

    /// <summary>Fours of shared memory for the parts of sums: 16 for each of <see cref="GroupSums.MostLanes"/> lanes.</summary>
    public const int SumRoom = GroupSums.MostLanes * 4;

    /// <summary>Both together.</summary>
    public const int SharedBytes = (WeightRoom + SumRoom) * 4 * sizeof(float);

    /// <summary>Where weights stay for the whole launch, fetches them.</summary>
    public static void Fetch(RecurrentRun a, RecurrentViews d, ArrayView<Four> weights)
    {
        if (a.Tile.Resident != 0)
            Stage(a, d, 0, a.Tile.Sets, 0, weights.Cast<float>());

        // Outside of the condition, since PoCL's compiler crashes on a barrier inside.
        Group.Barrier();
    }

    /// <summary>One product; the parts of its sums are there after the next barrier.</summary>
    /// <param name="a">The run.</param>
    /// <param name="d">The direction.</param>
    /// <param name="p">Which product.</param>
    /// <param name="source">States or gradients.</param>
    /// <param name="offset">Where the first utterance's row starts in them.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="weights">Shared memory for weights.</param>
    /// <param name="sums">Shared memory for the parts of sums.</param>
    public static void Multiply(
        RecurrentRun a, RecurrentViews d, RecurrentProduct p, ArrayView<float> source, int offset, int stride, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        if (a.Tile.Resident != 0)
        {
            Multiply(a, p, 0, p.Depth, p.Set * a.Tile.Width, p.From, source, offset, stride, weights, sums);
            return;
        }

        for (int from = 0; from < p.Depth; from += a.Tile.Piece)
        {
            Group.Barrier();
            Stage(a, d, p.Set, p.Sets, p.From + from, weights.Cast<float>());
            Group.Barrier();
            int to = p.Depth - from < a.Tile.Piece ? p.Depth : from + a.Tile.Piece;
            Multiply(a, p, from, to, 0, -from, source, offset, stride, weights, sums);
        }
    }

    /// <summary>Where a lane puts the sums of a row of its block: rows change places from slice to slice, so that neighbouring lanes meet different banks.</summary>
    internal static int Place(int slice, int blocks, int block, int row) => (4 * ((slice * blocks) + block)) + (row ^ (slice % 4));

    private static void Multiply(
        RecurrentRun a, RecurrentProduct p, int from, int to, int column, int depth, ArrayView<float> source, int offset, int stride, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int quads = a.Rows / 4, blocks = quads * (a.Tile.Columns / 4), slices = a.Tile.Slices, tasks = quads * (p.Sets * a.Tile.Width / 4) * slices;
        int target = p.Target * a.Tile.Width / 4 * quads, pitch = a.Tile.Pitch;
        for (int task = Group.IdxX; task < tasks; task += Group.DimX)
        {
            // Slice by slice, then by rows: the lanes of a warp read the same weights.
            int slice = task % slices, block = task / slices, first = a.FirstRow + (Grid.IdxY * a.Rows) + (block % quads * 4);
            int x0 = Row(a, first, offset, stride), x1 = Row(a, first + 1, offset, stride), x2 = Row(a, first + 2, offset, stride), x3 = Row(a, first + 3, offset, stride);
            int w0 = ((column + (block / quads * 4)) * pitch) + depth, w1 = w0 + pitch, w2 = w1 + pitch, w3 = w2 + pitch;
            block += target;
            int at0 = Place(slice, blocks, block, 0), at1 = Place(slice, blocks, block, 1), at2 = Place(slice, blocks, block, 2), at3 = Place(slice, blocks, block, 3);
            Four s0 = default, s1 = default, s2 = default, s3 = default;
            if (p.Add != 0 || from > 0)
            {
                s0 = sums[at0];
                s1 = sums[at1];
                s2 = sums[at2];
                s3 = sums[at3];
            }

            if (a.Aligned != 0)
            {
                ArrayView<Four> x = source.AsAligned16().Cast<Four>();
                x0 /= 4;
                x1 /= 4;
                x2 /= 4;
                x3 /= 4;
                w0 /= 4;
                w1 /= 4;
                w2 /= 4;
                w3 /= 4;
                for (int k = (from / 4) + slice; k < to / 4; k += slices)
                {
                    Four a0 = weights[w0 + k], a1 = weights[w1 + k], a2 = weights[w2 + k], a3 = weights[w3 + k];
                    s0 = Add(s0, x[x0 + k], a0, a1, a2, a3);
                    s1 = Add(s1, x[x1 + k], a0, a1, a2, a3);
                    s2 = Add(s2, x[x2 + k], a0, a1, a2, a3);
                    s3 = Add(s3, x[x3 + k], a0, a1, a2, a3);
                }
            }
            else
            {
                ArrayView<float> w = weights.Cast<float>();
                for (int k = from + (4 * slice); k < to; k += 4 * slices)
                {
                    Four a0 = Read(w, w0 + k, to - k), a1 = Read(w, w1 + k, to - k), a2 = Read(w, w2 + k, to - k), a3 = Read(w, w3 + k, to - k);
                    s0 = Add(s0, Read(source, x0 + k, to - k), a0, a1, a2, a3);
                    s1 = Add(s1, Read(source, x1 + k, to - k), a0, a1, a2, a3);
                    s2 = Add(s2, Read(source, x2 + k, to - k), a0, a1, a2, a3);
                    s3 = Add(s3, Read(source, x3 + k, to - k), a0, a1, a2, a3);
                }
            }

            sums[at0] = s0;
            sums[at1] = s1;
            sums[at2] = s2;
            sums[at3] = s3;
        }
    }

    /// <summary>Where an utterance's row starts; past the batch that of its last one, whose sums nobody asks for.</summary>
    private static int Row(RecurrentRun a, int utterance, int offset, int stride) => offset + ((utterance < a.Batch ? utterance : a.Batch - 1) * stride);

    /// <summary>Four terms, zeros past the end.</summary>
    private static Four Read(ArrayView<float> x, int at, int left) => new()
    {
        X = x[at],
        Y = left > 1 ? x[at + 1] : 0,
        Z = left > 2 ? x[at + 2] : 0,
        W = left > 3 ? x[at + 3] : 0,
    };

    /// <summary>The sums of one utterance and four columns, and four more terms of each.</summary>
    private static Four Add(Four sums, Four x, Four a, Four b, Four c, Four d) => new()
    {
        X = sums.X + (x.X * a.X) + (x.Y * a.Y) + (x.Z * a.Z) + (x.W * a.W),
        Y = sums.Y + (x.X * b.X) + (x.Y * b.Y) + (x.Z * b.Z) + (x.W * b.W),
        Z = sums.Z + (x.X * c.X) + (x.Y * c.Y) + (x.Z * c.Z) + (x.W * c.W),
        W = sums.W + (x.X * d.X) + (x.Y * d.Y) + (x.Z * d.Z) + (x.W * d.W),
    };

    /// <summary>A piece of some sets of columns, [sets, width, pitch], zeros past the last unit and past the end. Lanes stand along the columns.</summary>
    private static void Stage(RecurrentRun a, RecurrentViews d, int set, int sets, int from, ArrayView<float> weights)
    {
        int width = a.Tile.Width, units = a.Units;
        for (int s = 0; s < sets; s++)
        {
            bool own = set + s < a.Tile.WeightSets;
            ArrayView<float> matrix = own ? d.Weight : d.Peephole;
            int gate = own ? set + s : set + s - a.Tile.WeightSets;

            // The backward columns of a matrix of peepholes are shorter than those of the weights: it has a gate less.
            int depth = own ? a.Tile.Depth : a.Tile.Depth - units;
            if (a.Backward == 0)
                depth = units;
            int count = depth - from < a.Tile.Piece ? depth - from : a.Tile.Piece;
            for (int k = Group.IdxX; k < a.Tile.Piece; k += Group.DimX)
            {
                for (int u = 0; u < width; u++)
                {
                    int unit = (Grid.IdxX * width) + u, at = a.Backward == 0 ? (((gate * units) + unit) * units) + from + k : ((from + k) * units) + unit;
                    weights[(((s * width) + u) * a.Tile.Pitch) + k] = unit < units && k < count ? matrix[at] : 0;
                }
            }
        }
    }
}
