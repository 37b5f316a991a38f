using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>
/// LSTM without or with vectors of peepholes: i, f, o = sigmoid and g = tanh of x + U h' (with peepholes i and f also see p c', o sees p c),
/// c = f c' + i g, h = o tanh c. Keeps i, f, g, o in the gates.
/// </summary>
internal static class LstmKernels
{
    /// <summary>Steps forwards, a phase each.</summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void Forward(RecurrentRun a)
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units;
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int step = a.From; step < a.To; step++)
        {
            ArrayView<float> before = step == 0 ? d.InitialHidden : d.Hidden, cellBefore = step == 0 ? d.InitialCell : d.Cell;
            int offset = a.Before(d.Reverse, step), frame = a.Frame(d.Reverse, step), now = a.Offset(d.Reverse, step);
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 4, Depth = units }, before, offset, units, weights, sums);
            Group.Barrier();
            for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
            {
                int b = a.Utterance(e), j = a.Unit(e);
                if (b >= a.Batch || j >= units)
                    continue;
                int state = (b * units) + j, at = now + state;
                float c = cellBefore[offset + state];
                if (a.Lengths[b] <= frame)
                {
                    d.Hidden[at] = before[offset + state];
                    d.Cell[at] = c;
                    continue;
                }

                int gate = (4 * (at - j)) + j;
                float i = RecurrentProducts.Sum(a, e, 0, doubt, sums) + d.Gates[gate], f = RecurrentProducts.Sum(a, e, 1, doubt, sums) + d.Gates[gate + units];
                float g = KernelMath.Tanh(RecurrentProducts.Sum(a, e, 2, doubt, sums) + d.Gates[gate + (2 * units)]);
                float o = RecurrentProducts.Sum(a, e, 3, doubt, sums) + d.Gates[gate + (3 * units)];
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
                    continue;
                d.Gates[gate] = i;
                d.Gates[gate + units] = f;
                d.Gates[gate + (2 * units)] = g;
                d.Gates[gate + (3 * units)] = o;
            }

            doubt = GroupMeetings.Meet(a, step, doubt, sums);
        }
    }

    /// <summary>
    /// Steps backwards, a phase each: do = dh tanh c o (1 - o); dc += dh o (1 - tanh^2 c) + do p_o; di = dc g i (1 - i), df = dc c' f (1 - f),
    /// dg = dc i (1 - g^2), all before the functions; dc' = dc f + di p_i + df p_f.
    /// </summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void Backward(RecurrentRun a)
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units;
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int phase = a.From; phase < a.To; phase++)
        {
            int step = a.Time - 1 - phase;
            if (phase > 0)
                RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = 4 * units }, d.Gates, 4 * a.Offset(d.Reverse, step + 1), 4 * units, weights, sums);
            Group.Barrier();
            for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
            {
                int b = a.Utterance(e), j = a.Unit(e);
                if (b >= a.Batch || j >= units)
                    continue;
                int state = (b * units) + j;
                float arriving = phase > 0 ? RecurrentProducts.Sum(a, e, 0, doubt, sums) : 0;
                if (step < 0)
                {
                    d.HiddenCarry[state] += arriving;
                    continue;
                }

                int at = a.Offset(d.Reverse, step) + state, gate = (4 * (at - j)) + j;
                float dh = d.HiddenCarry[state] + arriving + d.Above[at];
                if (a.Lengths[b] <= a.Frame(d.Reverse, step))
                {
                    d.HiddenCarry[state] = dh;
                    d.Gates[gate] = 0;
                    d.Gates[gate + units] = 0;
                    d.Gates[gate + (2 * units)] = 0;
                    d.Gates[gate + (3 * units)] = 0;
                    continue;
                }

                float before = step == 0 ? d.InitialCell[state] : d.Cell[a.Before(d.Reverse, step) + state], tanh = KernelMath.Tanh(d.Cell[at]);
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

            doubt = GroupMeetings.Meet(a, phase, doubt, sums);
        }
    }
}
