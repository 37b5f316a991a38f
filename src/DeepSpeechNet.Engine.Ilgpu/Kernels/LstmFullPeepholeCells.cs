using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>
/// LSTM with full matrices of peepholes, forwards: i and f see P c', o sees P_o c. The output gate needs c of all units, so that a step has two phases. The peepholes' sets of columns follow those
/// of the weights.
/// </summary>
internal struct LstmFullPeepholeForward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        if (s.Part != 0)
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Set = 6, Sets = 1, Depth = units }, d.Cell, s.Now, units, weights, sums);
        else
        {
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 4, Depth = units }, s.HiddenBefore, s.Before, units, weights, sums);
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Set = 4, Sets = 2, Target = 4, Depth = units }, s.CellBefore, s.Before, units, weights, sums);
        }
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        if (s.Part == 0)
            Cell(a, d, s, b, j, sums);
        else
            Output(a, d, s, b, j, sums);
    }

    /// <summary>i, f, g and c; the output gate's sum without its peepholes is left in the gates.</summary>
    private static void Cell(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int units = a.Units, state = (b * units) + j, at = s.Now + state;
        float c = s.CellBefore[s.Before + state];
        if (a.Lengths[b] <= s.Frame)
        {
            d.Cell[at] = c;
            return;
        }

        int gate = (4 * (at - j)) + j;
        float i = KernelMath.Sigmoid(sums.Of(0) + d.Gates[gate] + sums.Of(4));
        float f = KernelMath.Sigmoid(sums.Of(1) + d.Gates[gate + units] + sums.Of(5));
        float g = KernelMath.Tanh(sums.Of(2) + d.Gates[gate + (2 * units)]);
        d.Cell[at] = (f * c) + (i * g);
        d.Gates[gate + (3 * units)] += sums.Of(3);
        if (a.Training == 0)
            return;
        d.Gates[gate] = i;
        d.Gates[gate + units] = f;
        d.Gates[gate + (2 * units)] = g;
    }

    /// <summary>o and h.</summary>
    private static void Output(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int units = a.Units, state = (b * units) + j, at = s.Now + state, gate = (4 * (at - j)) + (3 * units) + j;
        if (a.Lengths[b] <= s.Frame)
        {
            d.Hidden[at] = s.HiddenBefore[s.Before + state];
            return;
        }

        float o = KernelMath.Sigmoid(sums.Of(0) + d.Gates[gate]);
        d.Hidden[at] = o * KernelMath.Tanh(d.Cell[at]);
        if (a.Training != 0)
            d.Gates[gate] = o;
    }
}

/// <summary>The same backwards.</summary>
internal struct LstmFullPeepholeBackward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        if (s.Part != 0)
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Set = 1, Sets = 1, From = 2 * units, Depth = units }, d.Gates, (4 * s.Now) + (3 * units), 4 * units, weights, sums);
        else if (s.Number + 1 < a.Time)
        {
            int later = 4 * s.Later;
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = 4 * units }, d.Gates, later, 4 * units, weights, sums);
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Set = 1, Sets = 1, Target = 1, Depth = 2 * units }, d.Gates, later, 4 * units, weights, sums);
        }
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        if (s.Part == 0)
            Output(a, d, s, b, j, sums);
        else
            Cell(a, d, s, b, j, sums);
    }

    /// <summary>What arrives from the step after, then do = dh tanh c o (1 - o) and dc += dh o (1 - tanh^2 c).</summary>
    private static void Output(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int units = a.Units, state = (b * units) + j;
        d.CellCarry[state] += s.Number + 1 < a.Time ? sums.Of(1) : 0;
        RecurrentGradient reached = RecurrentGradient.Take(a, d, s, b, j, 4, sums);
        if (reached.Ends != 0)
            return;
        int at = s.Now + state, gate = (4 * (at - j)) + j;
        float dh = reached.Hidden;
        float tanh = KernelMath.Tanh(d.Cell[at]), o = d.Gates[gate + (3 * units)];
        d.HiddenCarry[state] = 0;
        d.CellCarry[state] += dh * o * (1 - (tanh * tanh));
        d.Gates[gate + (3 * units)] = dh * tanh * (o * (1 - o));
    }

    /// <summary>dc += do P_o; di = dc g i (1 - i), df = dc c' f (1 - f), dg = dc i (1 - g^2); dc' = dc f.</summary>
    private static void Cell(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int units = a.Units;
        if (a.Lengths[b] <= s.Frame)
            return;
        int state = (b * units) + j, gate = (4 * (s.Now + state - j)) + j;
        float before = s.CellBefore[s.Before + state];
        float dc = d.CellCarry[state] + sums.Of(0), i = d.Gates[gate], f = d.Gates[gate + units], g = d.Gates[gate + (2 * units)];
        d.CellCarry[state] = dc * f;
        d.Gates[gate] = dc * g * (i * (1 - i));
        d.Gates[gate + units] = dc * before * (f * (1 - f));
        d.Gates[gate + (2 * units)] = dc * i * (1 - (g * g));
    }
}
