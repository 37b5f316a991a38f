using System.Numerics;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;

namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>How a pass of a cell is launched: its kernel, and how its products are cut so that they fit into a group's shared memory.</summary>
internal sealed class RecurrentPlan
{
    private const int MostRows = 32, MostSlices = 16, Room = 4 * RecurrentProducts.WeightRoom;

    /// <summary>The kernel.</summary>
    public required Action<RecurrentRun> Kernel { get; init; }

    /// <summary>The phases of a step: after each the next needs something of all units.</summary>
    public int Phases { get; private init; } = 1;

    /// <summary>Gates for a forward pass; for a backward pass the matrices that gradients go through.</summary>
    private int Sets { get; init; } = 1;

    /// <summary>How many of the sets, the last, come from a matrix of peepholes; the others from the weights.</summary>
    private int PeepholeSets { get; init; }

    /// <summary>The most sets that one phase needs: all where nothing else is said.</summary>
    private int SetsOfPhase
    {
        get => field == 0 ? Sets : field;
        init;
    }

    /// <summary>For a backward pass, how many times H a column of the weights is long; 0 for a forward pass, whose columns are H long.</summary>
    private int BackwardGates { get; init; }

    /// <summary>The plan of a forward pass.</summary>
    public static RecurrentPlan Forward(CellKind cell) => cell switch
    {
        CellKind.Tanh or CellKind.ClippedRelu => new() { Kernel = RecurrentKernels.Run<VanillaForward> },
        CellKind.Lstm or CellKind.LstmPeephole => new() { Kernel = RecurrentKernels.Run<LstmForward>, Sets = 4 },
        CellKind.LstmFullPeephole => new() { Kernel = RecurrentKernels.Run<LstmFullPeepholeForward>, Phases = 2, Sets = 7, PeepholeSets = 3, SetsOfPhase = 6 },
        CellKind.GruResetAfter => new() { Kernel = RecurrentKernels.Run<GruAfterForward>, Sets = 3 },
        _ => new() { Kernel = RecurrentKernels.Run<GruBeforeForward>, Phases = 2, Sets = 3, SetsOfPhase = 2 },
    };

    /// <summary>The plan of a backward pass.</summary>
    public static RecurrentPlan Backward(CellKind cell) => cell switch
    {
        CellKind.Tanh or CellKind.ClippedRelu => new() { Kernel = RecurrentKernels.Run<VanillaBackward>, BackwardGates = 1 },
        CellKind.Lstm or CellKind.LstmPeephole => new() { Kernel = RecurrentKernels.Run<LstmBackward>, BackwardGates = 4 },
        CellKind.LstmFullPeephole => new() { Kernel = RecurrentKernels.Run<LstmFullPeepholeBackward>, Phases = 2, Sets = 2, PeepholeSets = 1, BackwardGates = 4 },
        CellKind.GruResetAfter => new() { Kernel = RecurrentKernels.Run<GruAfterBackward>, BackwardGates = 3 },
        _ => new() { Kernel = RecurrentKernels.Run<GruBeforeBackward>, Phases = 2, BackwardGates = 3 },
    };

    /// <summary>How products are cut where weights stay in shared memory for many steps, if they can.</summary>
    /// <param name="units">H.</param>
    /// <param name="alone">Whether all units should go to one group, if their weights fit, since groups cannot meet.</param>
    public RecurrentTile Tile(int units, bool alone)
    {
        int all = RoundUp(units, 4), depth = BackwardGates == 0 ? units : BackwardGates * units;
        int width = alone && Fits(all) ? all : Math.Min(all, !Fits(8) && Fits(4) ? 4 : 8), columns = SetsOfPhase * width, staged = Sets * width;
        int pitch = RoundUp(depth, 4), slices = Math.Min(MostSlices, 1 << BitOperations.Log2((uint)(128 / columns)));
        return new RecurrentTile
        {
            Width = width,
            Columns = columns,
            Slices = slices,
            Pitch = (pitch + 4) * staged <= Room ? pitch + 4 : pitch,
            Piece = pitch,
            Sets = Sets,
            WeightSets = Sets - PeepholeSets,
            Depth = depth,
            Resident = Fits(width) ? 1 : 0,
        };

        bool Fits(int width) => Sets * width * RoundUp(depth, 4) <= Room;
    }

    /// <summary>The same, where the weights come anew for each product: as many at a time as there is room for. The sums are the same to the bit.</summary>
    public static RecurrentTile InPieces(RecurrentTile tile)
    {
        int step = 4 * tile.Slices, whole = RoundUp(tile.Depth, step), room = Room / tile.Columns;
        int piece = whole <= room ? whole : (room - 4) / step * step;
        return tile with { Piece = piece, Pitch = piece + 4 <= room ? piece + 4 : piece, Resident = 0 };
    }

    /// <summary>The most utterances of a group.</summary>
    public static int Rows(int batch, in RecurrentTile tile) => Math.Min(RoundUp(batch, 4), Math.Min(MostRows, 4 * (GroupSums.MostLanes / LanesOfFour(tile))));

    /// <summary>How many lanes such a group keeps busy.</summary>
    public static int Lanes(int rows, in RecurrentTile tile) => rows / 4 * LanesOfFour(tile);

    private static int LanesOfFour(in RecurrentTile tile) => tile.Columns / 4 * tile.Slices;

    private static int RoundUp(int value, int step) => (value + step - 1) / step * step;
}
