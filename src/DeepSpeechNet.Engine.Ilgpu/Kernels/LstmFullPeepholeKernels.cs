using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>
/// LSTM with full matrices of peepholes: i and f see P c', o sees P_o c. The output gate needs c of all units, so that a step is two launches, forwards and
/// backwards.
/// </summary>
internal static class LstmFullPeepholeKernels
{
    /// <summary>i, f, g and c; the output gate's sum without its peepholes is left in the gates.</summary>
    [MeetsAtBarriers]
    public static void ForwardCell(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        ArrayView<float> before = a.Step == 0 ? d.InitialHidden : d.Hidden, cellBefore = a.Step == 0 ? d.InitialCell : d.Cell;
        int offset = a.Before(d.Reverse), units = a.Units;
        GateSums product = StepProducts.Forward(a, before, offset, d.Weight, 0, 4, s, w);
        GateSums seen = StepProducts.Forward(a, cellBefore, offset, d.Peephole, 0, 2, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int state = (b * units) + j, at = a.Offset(d.Reverse, a.Step) + state;
        float c = cellBefore[offset + state];
        if (a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
        {
            d.Cell[at] = c;
            return;
        }

        int gate = (4 * (at - j)) + j;
        float i = KernelMath.Sigmoid(d.Gates[gate] + product.A + seen.A), f = KernelMath.Sigmoid(d.Gates[gate + units] + product.B + seen.B);
        float g = KernelMath.Tanh(d.Gates[gate + (2 * units)] + product.C);
        d.Cell[at] = (f * c) + (i * g);
        d.Gates[gate + (3 * units)] += product.D;
        if (a.Training == 0)
            return;
        d.Gates[gate] = i;
        d.Gates[gate + units] = f;
        d.Gates[gate + (2 * units)] = g;
    }

    /// <summary>o and h.</summary>
    [MeetsAtBarriers]
    public static void ForwardOutput(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units;
        GateSums seen = StepProducts.Forward(a, d.Cell, a.Offset(d.Reverse, a.Step), d.Peephole, 2 * units, 1, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int state = (b * units) + j, at = a.Offset(d.Reverse, a.Step) + state, gate = (4 * (at - j)) + (3 * units) + j;
        if (a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
        {
            d.Hidden[at] = a.Step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse) + state];
            return;
        }

        float o = KernelMath.Sigmoid(d.Gates[gate] + seen.A);
        d.Hidden[at] = o * KernelMath.Tanh(d.Cell[at]);
        if (a.Training != 0)
            d.Gates[gate] = o;
    }

    /// <summary>What arrives from the step after, then do = dh tanh c o (1 - o) and dc += dh o (1 - tanh^2 c).</summary>
    [MeetsAtBarriers]
    public static void BackwardOutput(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units;
        float arriving = 0, cellArriving = 0;
        if (a.Step + 1 < a.Time)
        {
            int later = 4 * a.Offset(d.Reverse, a.Step + 1);
            arriving = StepProducts.Backward(a, d.Gates, later, 4 * units, 4 * units, d.Weight, 0, s, w);
            cellArriving = StepProducts.Backward(a, d.Gates, later, 4 * units, 2 * units, d.Peephole, 0, s, w);
        }

        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int state = (b * units) + j;
        d.CellCarry[state] += cellArriving;
        if (a.Step < 0)
        {
            d.HiddenCarry[state] += arriving;
            return;
        }

        int at = a.Offset(d.Reverse, a.Step) + state, gate = (4 * (at - j)) + j;
        float dh = d.HiddenCarry[state] + arriving + d.Above[at];
        if (a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
        {
            d.HiddenCarry[state] = dh;
            d.Gates[gate] = 0;
            d.Gates[gate + units] = 0;
            d.Gates[gate + (2 * units)] = 0;
            d.Gates[gate + (3 * units)] = 0;
            return;
        }

        float tanh = KernelMath.Tanh(d.Cell[at]), o = d.Gates[gate + (3 * units)];
        d.HiddenCarry[state] = 0;
        d.CellCarry[state] += dh * o * (1 - (tanh * tanh));
        d.Gates[gate + (3 * units)] = dh * tanh * (o * (1 - o));
    }

    /// <summary>dc += do P_o; di = dc g i (1 - i), df = dc c' f (1 - f), dg = dc i (1 - g^2); dc' = dc f.</summary>
    [MeetsAtBarriers]
    public static void BackwardCell(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units, frame = a.Offset(d.Reverse, a.Step);
        float arriving = StepProducts.Backward(a, d.Gates, (4 * frame) + (3 * units), 4 * units, units, d.Peephole, 2 * units, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch || a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
            return;
        int state = (b * units) + j, gate = (4 * (frame + state - j)) + j;
        float before = a.Step == 0 ? d.InitialCell[state] : d.Cell[a.Before(d.Reverse) + state];
        float dc = d.CellCarry[state] + arriving, i = d.Gates[gate], f = d.Gates[gate + units], g = d.Gates[gate + (2 * units)];
        d.CellCarry[state] = dc * f;
        d.Gates[gate] = dc * g * (i * (1 - i));
        d.Gates[gate + units] = dc * before * (f * (1 - f));
        d.Gates[gate + (2 * units)] = dc * i * (1 - (g * g));
    }
}
