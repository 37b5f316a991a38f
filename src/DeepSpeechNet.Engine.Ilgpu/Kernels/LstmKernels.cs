using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>
/// LSTM without or with vectors of peepholes: i, f, o = sigmoid and g = tanh of x + U h' (with peepholes i and f also see p c', o sees p c),
/// c = f c' + i g, h = o tanh c. Keeps i, f, g, o in the gates.
/// </summary>
internal static class LstmKernels
{
    /// <summary>One step.</summary>
    [MeetsAtBarriers]
    public static void Forward(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        ArrayView<float> before = a.Step == 0 ? d.InitialHidden : d.Hidden, cellBefore = a.Step == 0 ? d.InitialCell : d.Cell;
        int offset = a.Before(d.Reverse), units = a.Units;
        GateSums product = StepProducts.Forward(a, before, offset, d.Weight, 0, 4, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int state = (b * units) + j, at = a.Offset(d.Reverse, a.Step) + state;
        float c = cellBefore[offset + state];
        if (a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
        {
            d.Hidden[at] = before[offset + state];
            d.Cell[at] = c;
            return;
        }

        int gate = (4 * (at - j)) + j;
        float i = d.Gates[gate] + product.A, f = d.Gates[gate + units] + product.B;
        float g = KernelMath.Tanh(d.Gates[gate + (2 * units)] + product.C), o = d.Gates[gate + (3 * units)] + product.D;
        if (a.Flag != 0)
        {
            i += d.Peephole[j] * c;
            f += d.Peephole[units + j] * c;
        }

        i = KernelMath.Sigmoid(i);
        f = KernelMath.Sigmoid(f);
        c = (f * c) + (i * g);
        if (a.Flag != 0)
            o += d.Peephole[(2 * units) + j] * c;
        o = KernelMath.Sigmoid(o);
        d.Cell[at] = c;
        d.Hidden[at] = o * KernelMath.Tanh(c);
        if (a.Training == 0)
            return;
        d.Gates[gate] = i;
        d.Gates[gate + units] = f;
        d.Gates[gate + (2 * units)] = g;
        d.Gates[gate + (3 * units)] = o;
    }

    /// <summary>
    /// One step backwards: do = dh tanh c o (1 - o); dc += dh o (1 - tanh^2 c) + do p_o; di = dc g i (1 - i), df = dc c' f (1 - f), dg = dc i (1 - g^2), all
    /// before the functions; dc' = dc f + di p_i + df p_f.
    /// </summary>
    [MeetsAtBarriers]
    public static void Backward(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units;
        float arriving = 0;
        if (a.Step + 1 < a.Time)
            arriving = StepProducts.Backward(a, d.Gates, 4 * a.Offset(d.Reverse, a.Step + 1), 4 * units, 4 * units, d.Weight, 0, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int state = (b * units) + j;
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

        float before = a.Step == 0 ? d.InitialCell[state] : d.Cell[a.Before(d.Reverse) + state], tanh = KernelMath.Tanh(d.Cell[at]);
        float i = d.Gates[gate], f = d.Gates[gate + units], g = d.Gates[gate + (2 * units)], o = d.Gates[gate + (3 * units)];
        float output = dh * tanh * (o * (1 - o)), dc = d.CellCarry[state] + (dh * o * (1 - (tanh * tanh)));
        if (a.Flag != 0)
            dc += output * d.Peephole[(2 * units) + j];
        float input = dc * g * (i * (1 - i)), forget = dc * before * (f * (1 - f)), dcBefore = dc * f;
        if (a.Flag != 0)
            dcBefore += (input * d.Peephole[j]) + (forget * d.Peephole[units + j]);
        d.HiddenCarry[state] = 0;
        d.CellCarry[state] = dcBefore;
        d.Gates[gate] = input;
        d.Gates[gate + units] = forget;
        d.Gates[gate + (2 * units)] = dc * i * (1 - (g * g));
        d.Gates[gate + (3 * units)] = output;
    }
}
