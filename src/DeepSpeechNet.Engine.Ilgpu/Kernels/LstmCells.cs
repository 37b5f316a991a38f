using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>
/// LSTM without or with vectors of peepholes, forwards: i, f, o = sigmoid and g = tanh of x + U h' (with peepholes i and f also see p c', o sees p c),
/// c = f c' + i g, h = o tanh c. Keeps i, f, g, o in the gates.
/// </summary>
internal struct LstmForward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 4, Depth = units }, s.HiddenBefore, s.Before, units, weights, sums);
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int units = a.Units, state = (b * units) + j, at = s.Now + state;
        float c = s.CellBefore[s.Before + state];
        if (a.Lengths[b] <= s.Frame)
        {
            d.Hidden[at] = s.HiddenBefore[s.Before + state];
            d.Cell[at] = c;
            return;
        }

        int gate = (4 * (at - j)) + j;
        float i = sums.Of(0) + d.Gates[gate], f = sums.Of(1) + d.Gates[gate + units];
        float g = KernelMath.Tanh(sums.Of(2) + d.Gates[gate + (2 * units)]);
        float o = sums.Of(3) + d.Gates[gate + (3 * units)];
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
}

/// <summary>
/// The same backwards: do = dh tanh c o (1 - o); dc += dh o (1 - tanh^2 c) + do p_o; di = dc g i (1 - i), df = dc c' f (1 - f),
/// dg = dc i (1 - g^2), all before the functions; dc' = dc f + di p_i + df p_f.
/// </summary>
internal struct LstmBackward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        if (s.Number + 1 < a.Time)
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = 4 * units }, d.Gates, 4 * s.Later, 4 * units, weights, sums);
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        RecurrentGradient reached = RecurrentGradient.Take(a, d, s, b, j, 4, sums);
        if (reached.Ends != 0)
            return;
        int units = a.Units, state = (b * units) + j, at = s.Now + state, gate = (4 * (at - j)) + j;
        float dh = reached.Hidden;
        float before = s.CellBefore[s.Before + state], tanh = KernelMath.Tanh(d.Cell[at]);
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
