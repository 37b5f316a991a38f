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
/// One step of a recurrence: both directions run in one launch (the grid's z), each at its own frame. A group of n x n lanes takes n units of n utterances;
/// lane (x, y) has unit x and utterance y.
/// </summary>
internal struct RecurrentStep
{
    public RecurrentViews First;
    public RecurrentViews Second;
    public ArrayView<int> Lengths;

    /// <summary>The step, counted in the order of running; -1 in a backward pass hands what is left to the initial state.</summary>
    public int Step;
    public int Time;
    public int Batch;
    public int Units;

    /// <summary>Whether gates are kept for a backward pass.</summary>
    public int Training;

    /// <summary>Tanh rather than clipped ReLU, of the cells with one gate; vectors of peepholes, of LSTM cells.</summary>
    public int Flag;

    /// <summary>The direction of this group.</summary>
    public readonly RecurrentViews Direction() => Grid.IdxZ == 0 ? First : Second;

    /// <summary>The frame of a step.</summary>
    public readonly int Frame(int reverse, int step) => reverse != 0 ? Time - 1 - step : step;

    /// <summary>Where the frame of a step starts in an array [T, B, H].</summary>
    public readonly int Offset(int reverse, int step) => Frame(reverse, step) * Batch * Units;

    /// <summary>Where the state before a step starts, in its array or in that of initial states.</summary>
    public readonly int Before(int reverse) => Step == 0 ? 0 : Offset(reverse, Step - 1);
}

/// <summary>Up to four sums of one lane.</summary>
internal struct GateSums
{
    public float A;
    public float B;
    public float C;
    public float D;
}

/// <summary>The products inside a step, by tiles in shared memory; every lane of a group takes part, also those outside the batch.</summary>
internal static class StepProducts
{
    /// <summary>Floats of shared memory for a piece of states or gradients.</summary>
    public const int StateRoom = MatMulKernels.MostSide * Pitch;

    /// <summary>Floats of shared memory for a piece of up to four gates' weights.</summary>
    public const int WeightRoom = 4 * MatMulKernels.MostSide * Pitch;

    private const int Depth = 32;
    private const int Pitch = Depth + 1;

    /// <summary>Row b of a state times row unit of up to four gates' weights: gate g's rows start at firstRow + g H.</summary>
    public static GateSums Forward(RecurrentStep a, ArrayView<float> state, int offset, ArrayView<float> weight, int firstRow, int gates, ArrayView<float> s, ArrayView<float> w)
    {
        int side = Group.DimX, lanes = side * side, lane = (Group.IdxY * side) + Group.IdxX, units = a.Units;
        GateSums sums = default;
        for (int k0 = 0; k0 < units; k0 += Depth)
        {
            for (int e = lane; e < side * Depth; e += lanes)
            {
                int r = e / Depth, k = e % Depth, row = (Grid.IdxY * side) + r;
                s[(r * Pitch) + k] = row < a.Batch && k0 + k < units ? state[offset + (row * units) + k0 + k] : 0;
            }

            for (int e = lane; e < gates * side * Depth; e += lanes)
            {
                int r = e / Depth, k = e % Depth, gate = r / side, unit = (Grid.IdxX * side) + r - (gate * side);
                w[(r * Pitch) + k] = unit < units && k0 + k < units ? weight[((firstRow + (gate * units) + unit) * units) + k0 + k] : 0;
            }

            Group.Barrier();
            int left = Group.IdxY * Pitch, right = Group.IdxX * Pitch, next = side * Pitch, end = units - k0 < Depth ? units - k0 : Depth;
            for (int k = 0; k < end; k++)
            {
                float x = s[left + k];
                sums.A += x * w[right + k];
                if (gates > 1)
                    sums.B += x * w[right + next + k];
                if (gates > 2)
                    sums.C += x * w[right + (2 * next) + k];
                if (gates > 3)
                    sums.D += x * w[right + (3 * next) + k];
            }

            Group.Barrier();
        }

        return sums;
    }

    /// <summary>Row b of the gradients of gates times column unit of their weights, from weight row firstRow on.</summary>
    public static float Backward(
        RecurrentStep a, ArrayView<float> gradient, int offset, int stride, int depth, ArrayView<float> weight, int firstRow, ArrayView<float> s, ArrayView<float> w)
    {
        int side = Group.DimX, lanes = side * side, lane = (Group.IdxY * side) + Group.IdxX, units = a.Units;
        float sum = 0;
        for (int k0 = 0; k0 < depth; k0 += Depth)
        {
            for (int e = lane; e < side * Depth; e += lanes)
            {
                int r = e / Depth, k = e % Depth, row = (Grid.IdxY * side) + r;
                s[(r * Pitch) + k] = row < a.Batch && k0 + k < depth ? gradient[offset + (row * stride) + k0 + k] : 0;
            }

            for (int e = lane; e < side * Depth; e += lanes)
            {
                int k = e / side, unit = (Grid.IdxX * side) + e - (k * side);
                w[e] = unit < units && k0 + k < depth ? weight[((firstRow + k0 + k) * units) + unit] : 0;
            }

            Group.Barrier();
            int end = depth - k0 < Depth ? depth - k0 : Depth;
            for (int k = 0; k < end; k++)
                sum += s[(Group.IdxY * Pitch) + k] * w[(k * side) + Group.IdxX];
            Group.Barrier();
        }

        return sum;
    }
}
