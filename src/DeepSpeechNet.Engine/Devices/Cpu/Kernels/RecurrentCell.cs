using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// One direction of a recurrent layer while it runs: its pointers, and per family of cells what a thread does in one step for the units it
/// owns. Steps count in the order of running; <see cref="TimeOf"/> gives the frame. A step has phases, and all threads of a
/// direction meet after each forward phase and after each backward phase but the last, which reads and writes a thread's own units alone.
/// <para>
/// Sums run over the hidden units in their order and everything else is elementwise, so that neither other utterances, nor padding,
/// nor how units are divided among threads changes a bit.
/// </para>
/// </summary>
internal abstract unsafe class RecurrentCell
{
    /// <summary>Units of a block: what a thread owns at least.</summary>
    public const int BlockWidth = PackedMatrix.PanelWidth;

    /// <summary>A direction with its lengths [B] and the memory it works in.</summary>
    protected RecurrentCell(RecurrentDirection direction, Tensor lengths, in RecurrentWorkspace workspace)
    {
        Shape shape = direction.Hidden.Shape;
        Time = shape[0];
        Batch = shape[1];
        Units = shape[2];
        Lengths = CpuDevice.Integers(lengths);
        Reverse = direction.Reverse;
        Gates = CpuDevice.Floats(direction.Gates);
        Hidden = CpuDevice.Floats(direction.Hidden);
        Cell = CpuDevice.FloatsOrNull(direction.Cell);
        Kept = CpuDevice.FloatsOrNull(direction.Kept);
        HiddenGradient = CpuDevice.FloatsOrNull(direction.HiddenGradient);
        WantsInitialGradient = direction.InitialHiddenGradient is not null;
        InitialHidden = workspace.InitialHidden;
        InitialCell = workspace.InitialCell;
        HiddenCarry = workspace.HiddenCarry;
        CellCarry = workspace.CellCarry;
    }

    /// <summary>T.</summary>
    public int Time { get; }

    /// <summary>B.</summary>
    public int Batch { get; }

    /// <summary>H.</summary>
    public int Units { get; }

    /// <summary>[B].</summary>
    public int* Lengths { get; }

    /// <summary>Whether time runs from the last frame to the first.</summary>
    public bool Reverse { get; }

    /// <summary>[T, B, G*H].</summary>
    public float* Gates { get; }

    /// <summary>[T, B, H].</summary>
    public float* Hidden { get; }

    /// <summary>[T, B, H], or null.</summary>
    public float* Cell { get; }

    /// <summary>[T, B, H], or null.</summary>
    public float* Kept { get; }

    /// <summary>[T, B, H], in the backward pass.</summary>
    public float* HiddenGradient { get; }

    /// <summary>Whether the gradient of h before the first step is wanted.</summary>
    public bool WantsInitialGradient { get; }

    /// <summary>[B, H]: h before the first step.</summary>
    public float* InitialHidden { get; }

    /// <summary>[B, H]: c before the first step; null for cells without one.</summary>
    public float* InitialCell { get; }

    /// <summary>[B, padded H]: the gradient that goes to the hidden state of the step before.</summary>
    public float* HiddenCarry { get; }

    /// <summary>[B, padded H]: the same of the cell state.</summary>
    public float* CellCarry { get; }

    /// <summary>How many blocks of units there are.</summary>
    public int Blocks => (Units + BlockWidth - 1) / BlockWidth;

    /// <summary>From one row of a carry to the next.</summary>
    public int Padded => Blocks * BlockWidth;

    /// <summary>Blocks whose product is taken at once: four panels are what that of a single row reads side by side.</summary>
    protected int BlocksAtOnce => Batch == 1 ? 4 : 1;

    /// <summary>Floats of scratch that a thread needs.</summary>
    public abstract int ScratchSize { get; }

    /// <summary>How many phases a forward step has.</summary>
    public virtual int ForwardPhases => 1;

    /// <summary>How many phases a backward step has.</summary>
    public virtual int BackwardPhases => 2;

    /// <summary>One phase of a forward step for the units of blocks <paramref name="first"/> to <paramref name="end"/> - 1.</summary>
    public abstract void Forward(int step, int phase, int first, int end, float* scratch);

    /// <summary>One phase of a backward step for the units of blocks <paramref name="first"/> to <paramref name="end"/> - 1.</summary>
    public abstract void Backward(int step, int phase, int first, int end, float* scratch);

    /// <summary>The frame of a step.</summary>
    protected int TimeOf(int step) => Reverse ? Time - 1 - step : step;

    /// <summary>A frame of a [T, B, gates*H] array.</summary>
    protected float* At(float* array, int time, int gates = 1) => array + ((nint)time * Batch * gates * Units);

    /// <summary>h that a step starts from, [B, H].</summary>
    protected float* HiddenBefore(int step) => step == 0 ? InitialHidden : At(Hidden, TimeOf(step - 1));

    /// <summary>c that a step starts from, [B, H].</summary>
    protected float* CellBefore(int step) => step == 0 ? InitialCell : At(Cell, TimeOf(step - 1));

    /// <summary>How many rows a product of this frame needs: up to the last utterance that is not over.</summary>
    protected int RowsAt(int time)
    {
        int rows = Batch;
        while (rows > 0 && Lengths[rows - 1] <= time)
            rows--;
        return rows;
    }

    /// <summary>target (+)= A B for panels <paramref name="panel"/> and on, where target's first column is that of the first panel.</summary>
    protected static void Multiply<S, V, I>(int rows, float* a, nint lda, PackedMatrix b, int panel, int count, float* target, nint stride, bool accumulate)
        where S : ISimd<V, I>
        where V : struct
        where I : struct =>
        PanelKernels.Multiply<S, V, I>(rows, a, lda, b, panel, count, target - (panel * PackedMatrix.PanelWidth), stride, accumulate);

    /// <summary>
    /// Asks for a block's piece of every row while the product before its use runs: pieces of two lines each, a row apart, are what the
    /// processor does not foresee, and a pass over a long utterance finds none of them in a cache.
    /// </summary>
    protected static void Prefetch(float* source, nint stride, int rows, int count)
    {
        if (!Sse.IsSupported)
            return;
        for (int row = 0; row < rows; row++, source += stride)
        {
            for (int j = 0; j < count; j += 16)
                Sse.Prefetch0(source + j);
        }
    }

    /// <summary>Stores the first <paramref name="count"/> lanes: rows end where the next one, perhaps another thread's, begins.</summary>
    /// <remarks>Loads need no such care: what they read past a row's end is discarded, and every buffer may be read a vector past its end.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Store<S, V, I>(V value, float* target, int count)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        if (count >= S.Width)
            S.Store(value, target);
        else
            StoreSome<S, V, I>(value, target, count);
    }

    /// <summary>A held frame's piece of a row: the gradient passes to the state before, and none to the gates.</summary>
    protected void HoldGradient(float* gradient, float* carry, float* gates, int gateCount, int count)
    {
        for (int j = 0; j < count; j++)
            carry[j] += gradient[j];
        for (int gate = 0; gate < gateCount; gate++)
            new Span<float>(gates + ((nint)gate * Units), count).Clear();
    }

    /// <summary>Copies a row's piece.</summary>
    protected static void Copy(float* source, float* target, int count) =>
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreSome<S, V, I>(V value, float* target, int count)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        float* lanes = stackalloc float[16];
        S.Store(value, lanes);
        for (int i = 0; i < count; i++)
            target[i] = lanes[i];
    }
}

/// <summary>The memory that a direction works in beside its tensors; what a cell does not use is null.</summary>
internal unsafe struct RecurrentWorkspace
{
    /// <summary>[B, H]: h before the first step.</summary>
    public float* InitialHidden;

    /// <summary>[B, H]: c before the first step.</summary>
    public float* InitialCell;

    /// <summary>[B, padded H]: the gradient that goes to the hidden state of the step before; zeros at first.</summary>
    public float* HiddenCarry;

    /// <summary>[B, padded H]: the same of the cell state; the gradient of the final one at first.</summary>
    public float* CellCarry;

    /// <summary>[B, H]: what passes between the two forward phases of a cell, where nothing is kept for a backward pass.</summary>
    public float* Between;

    /// <summary>[rows, padded H]: sums over frames of the gradients of a recurrent bias or of peephole vectors; zeros at first.</summary>
    public float* VectorGradient;
}
