using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>The memory of one direction of a recurrence; see <see cref="Devices.RecurrentDirection"/>.</summary>
internal struct RecurrentViews
{
    public ArrayView<float> Gates;
    public ArrayView<float> Weight;
    public ArrayView<float> Bias;
    public ArrayView<float> Peephole;
    public ArrayView<float> InitialHidden;
    public ArrayView<float> InitialCell;
    public ArrayView<float> Hidden;
    public ArrayView<float> Cell;
    public ArrayView<float> Kept;

    /// <summary>The gradient of the hidden states.</summary>
    public ArrayView<float> Above;

    /// <summary>[B, H]: the part of the gradient of the hidden state before that does not come through the weights.</summary>
    public ArrayView<float> HiddenCarry;

    /// <summary>[B, H]: the gradient of the cell state before.</summary>
    public ArrayView<float> CellCarry;

    /// <summary>From one frame of <see cref="Kept"/> to the next; 0 where only one is there.</summary>
    public int KeptStride;
    public int Reverse;
}

/// <summary>
/// Some steps of a recurrence, in the order of running; a cell may take a step in two phases. Both directions run in one launch (the grid's z), each at its
/// own frame. A group takes <see cref="Rows"/> utterances (the grid's y) and <see cref="RecurrentTile.Width"/> units (its x). Where one launch has several phases, the groups
/// of the same utterances meet between them.
/// </summary>
internal struct RecurrentRun
{
    public RecurrentViews First;
    public RecurrentViews Second;
    public ArrayView<int> Lengths;

    /// <summary>One number that is not zero once a group has waited in vain.</summary>
    public ArrayView<int> WaitedInVain;

    /// <summary>For each set of groups that meet, how many have come so far, with a sign once one has waited in vain: zeros at first.</summary>
    public ArrayView<int> Arrivals;

    /// <summary>The first phase of this launch, and the one past its last.</summary>
    public int From;
    public int To;
    public int Time;
    public int Batch;
    public int Units;

    /// <summary>The phases of a step.</summary>
    public int Parts;

    /// <summary>Whether gates are kept for a backward pass.</summary>
    public int Training;

    /// <summary>Tanh rather than clipped ReLU, of the cells with one gate; vectors of peepholes, of LSTM cells.</summary>
    public int Flag;

    /// <summary>Whether this is a backward pass: the products run down the columns of the weights.</summary>
    public int Backward;

    /// <summary>The first utterance of this launch.</summary>
    public int FirstRow;

    /// <summary>Utterances of a group, a multiple of 4.</summary>
    public int Rows;

    /// <summary>How many groups meet: those that share the units.</summary>
    public int Groups;

    /// <summary>How often a group asks whether the others have come before it gives up.</summary>
    public int Patience;

    /// <summary>Whether states and weights can be read by fours.</summary>
    public int Aligned;
    public RecurrentTile Tile;

    /// <summary>The direction of this group.</summary>
    public readonly RecurrentViews Direction() => Grid.IdxZ == 0 ? First : Second;

    /// <summary>The frame of a step.</summary>
    private readonly int Frame(int reverse, int step) => reverse != 0 ? Time - 1 - step : step;

    /// <summary>Where the frame of a step starts in an array [T, B, H].</summary>
    private readonly int Offset(int reverse, int step) => Frame(reverse, step) * Batch * Units;

    /// <summary>The step of a direction that a phase belongs to.</summary>
    public readonly RecurrentStep Step(RecurrentViews d, int phase)
    {
        int number = Backward != 0 ? Time - 1 - (phase / Parts) : phase / Parts;
        return new RecurrentStep
        {
            Number = number,
            Part = phase % Parts,
            Frame = Frame(d.Reverse, number),
            Now = Offset(d.Reverse, number),
            Later = Offset(d.Reverse, number + 1),
            HiddenBefore = number == 0 ? d.InitialHidden : d.Hidden,
            CellBefore = number == 0 ? d.InitialCell : d.Cell,
            Before = number == 0 ? 0 : Offset(d.Reverse, number - 1),
        };
    }

    /// <summary>The utterance of an output of this group; outputs are counted unit by unit.</summary>
    public readonly int Utterance(int output) => FirstRow + (Grid.IdxY * Rows) + (output / Tile.Width);

    /// <summary>The unit of an output of this group.</summary>
    public readonly int Unit(int output) => (Grid.IdxX * Tile.Width) + (output % Tile.Width);
}

/// <summary>One step of one direction, counted in the order of running; -1 in a backward pass hands what is left to the initial state.</summary>
internal struct RecurrentStep
{
    public int Number;

    /// <summary>Which phase of it runs.</summary>
    public int Part;
    public int Frame;

    /// <summary>Where its frame starts in an array [T, B, H], and that of the step after it.</summary>
    public int Now;
    public int Later;

    /// <summary>The states before it, and where they start: those of the step before, or the initial ones.</summary>
    public ArrayView<float> HiddenBefore;
    public ArrayView<float> CellBefore;
    public int Before;
}

/// <summary>
/// How the products of a recurrence are cut. Neither the batch nor how many steps run in one launch has a say in anything that decides the order of a sum, so that an utterance's
/// results are the same bits beside any others.
/// </summary>
internal struct RecurrentTile
{
    /// <summary>Units of a group, a multiple of 4. A gate of these units is a set of columns.</summary>
    public int Width;

    /// <summary>The most columns of a phase.</summary>
    public int Columns;

    /// <summary>Over how many lanes a sum is spread.</summary>
    public int Slices;

    /// <summary>Weights from one column to the next in shared memory, a multiple of 4.</summary>
    public int Pitch;

    /// <summary>Weights of a column that are there at a time, a multiple of 4 slices.</summary>
    public int Piece;

    /// <summary>All sets of columns, and how many of them come from the weights rather than from a matrix of peepholes.</summary>
    public int Sets;
    public int WeightSets;

    /// <summary>How long a column of the weights is.</summary>
    public int Depth;

    /// <summary>Whether all weights of the group's units stay in shared memory for the whole launch.</summary>
    public int Resident;
}
