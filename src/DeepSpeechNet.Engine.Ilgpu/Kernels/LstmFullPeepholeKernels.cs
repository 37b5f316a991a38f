using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>
/// LSTM with full matrices of peepholes: i and f see P c', o sees P_o c. The output gate needs c of all units, so that a step has two phases, forwards and
/// backwards. The peepholes' sets of columns follow those of the weights.
/// </summary>
internal static class LstmFullPeepholeKernels
{
    /// <summary>Steps forwards.</summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void Forward(RecurrentRun a)
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int phase = a.From; phase < a.To; phase++)
        {
            if (phase % 2 == 0)
                ForwardCell(a, d, phase / 2, doubt, weights, sums);
            else
                ForwardOutput(a, d, phase / 2, doubt, weights, sums);
            doubt = GroupMeetings.Meet(a, phase, doubt, sums);
        }
    }

    /// <summary>Steps backwards.</summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void Backward(RecurrentRun a)
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int phase = a.From; phase < a.To; phase++)
        {
            int step = a.Time - 1 - (phase / 2);
            if (phase % 2 == 0)
                BackwardOutput(a, d, step, doubt, weights, sums);
            else
                BackwardCell(a, d, step, doubt, weights, sums);
            doubt = GroupMeetings.Meet(a, phase, doubt, sums);
        }
    }

    /// <summary>i, f, g and c; the output gate's sum without its peepholes is left in the gates.</summary>
    private static void ForwardCell(RecurrentRun a, RecurrentViews d, int step, float doubt, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        ArrayView<float> before = step == 0 ? d.InitialHidden : d.Hidden, cellBefore = step == 0 ? d.InitialCell : d.Cell;
        int offset = a.Before(d.Reverse, step), units = a.Units, frame = a.Frame(d.Reverse, step), now = a.Offset(d.Reverse, step);
        RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 4, Depth = units }, before, offset, units, weights, sums);
        RecurrentProducts.Multiply(a, d, new RecurrentProduct { Set = 4, Sets = 2, Target = 4, Depth = units }, cellBefore, offset, units, weights, sums);
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
                d.Cell[at] = c;
                continue;
            }

            int gate = (4 * (at - j)) + j;
            float i = KernelMath.Sigmoid(RecurrentProducts.Sum(a, e, 0, doubt, sums) + d.Gates[gate] + RecurrentProducts.Sum(a, e, 4, 0, sums));
            float f = KernelMath.Sigmoid(RecurrentProducts.Sum(a, e, 1, doubt, sums) + d.Gates[gate + units] + RecurrentProducts.Sum(a, e, 5, 0, sums));
            float g = KernelMath.Tanh(RecurrentProducts.Sum(a, e, 2, doubt, sums) + d.Gates[gate + (2 * units)]);
            d.Cell[at] = (f * c) + (i * g);
            d.Gates[gate + (3 * units)] += RecurrentProducts.Sum(a, e, 3, doubt, sums);
            if (a.Training == 0)
                continue;
            d.Gates[gate] = i;
            d.Gates[gate + units] = f;
            d.Gates[gate + (2 * units)] = g;
        }
    }

    /// <summary>o and h.</summary>
    private static void ForwardOutput(RecurrentRun a, RecurrentViews d, int step, float doubt, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units, now = a.Offset(d.Reverse, step);
        RecurrentProducts.Multiply(a, d, new RecurrentProduct { Set = 6, Sets = 1, Depth = units }, d.Cell, now, units, weights, sums);
        Group.Barrier();
        for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
        {
            int b = a.Utterance(e), j = a.Unit(e);
            if (b >= a.Batch || j >= units)
                continue;
            int state = (b * units) + j, at = now + state, gate = (4 * (at - j)) + (3 * units) + j;
            if (a.Lengths[b] <= a.Frame(d.Reverse, step))
            {
                d.Hidden[at] = step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse, step) + state];
                continue;
            }

            float o = KernelMath.Sigmoid(RecurrentProducts.Sum(a, e, 0, doubt, sums) + d.Gates[gate]);
            d.Hidden[at] = o * KernelMath.Tanh(d.Cell[at]);
            if (a.Training != 0)
                d.Gates[gate] = o;
        }
    }

    /// <summary>What arrives from the step after, then do = dh tanh c o (1 - o) and dc += dh o (1 - tanh^2 c).</summary>
    private static void BackwardOutput(RecurrentRun a, RecurrentViews d, int step, float doubt, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        bool last = step + 1 == a.Time;
        if (!last)
        {
            int later = 4 * a.Offset(d.Reverse, step + 1);
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = 4 * units }, d.Gates, later, 4 * units, weights, sums);
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Set = 1, Sets = 1, Target = 1, Depth = 2 * units }, d.Gates, later, 4 * units, weights, sums);
        }

        Group.Barrier();
        for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
        {
            int b = a.Utterance(e), j = a.Unit(e);
            if (b >= a.Batch || j >= units)
                continue;
            int state = (b * units) + j;
            float arriving = last ? 0 : RecurrentProducts.Sum(a, e, 0, doubt, sums);
            d.CellCarry[state] += last ? 0 : RecurrentProducts.Sum(a, e, 1, doubt, sums);
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

            float tanh = KernelMath.Tanh(d.Cell[at]), o = d.Gates[gate + (3 * units)];
            d.HiddenCarry[state] = 0;
            d.CellCarry[state] += dh * o * (1 - (tanh * tanh));
            d.Gates[gate + (3 * units)] = dh * tanh * (o * (1 - o));
        }
    }

    /// <summary>dc += do P_o; di = dc g i (1 - i), df = dc c' f (1 - f), dg = dc i (1 - g^2); dc' = dc f.</summary>
    private static void BackwardCell(RecurrentRun a, RecurrentViews d, int step, float doubt, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units, now = a.Offset(d.Reverse, step);
        RecurrentProduct product = new() { Set = 1, Sets = 1, From = 2 * units, Depth = units };
        RecurrentProducts.Multiply(a, d, product, d.Gates, (4 * now) + (3 * units), 4 * units, weights, sums);
        Group.Barrier();
        for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
        {
            int b = a.Utterance(e), j = a.Unit(e);
            if (b >= a.Batch || j >= units || a.Lengths[b] <= a.Frame(d.Reverse, step))
                continue;
            int state = (b * units) + j, gate = (4 * (now + state - j)) + j;
            float before = step == 0 ? d.InitialCell[state] : d.Cell[a.Before(d.Reverse, step) + state];
            float dc = d.CellCarry[state] + RecurrentProducts.Sum(a, e, 0, doubt, sums), i = d.Gates[gate], f = d.Gates[gate + units], g = d.Gates[gate + (2 * units)];
            d.CellCarry[state] = dc * f;
            d.Gates[gate] = dc * g * (i * (1 - i));
            d.Gates[gate + units] = dc * before * (f * (1 - f));
            d.Gates[gate + (2 * units)] = dc * i * (1 - (g * g));
        }
    }
}
