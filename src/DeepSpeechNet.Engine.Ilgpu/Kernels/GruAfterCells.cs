using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>GRU with the reset after the product, forwards: r, z = sigmoid(x + U h' + u), q = U_n h' + u_n, n = tanh(x_n + r q), h = n + z (h' - n). Keeps r, z, n and q.</summary>
internal struct GruAfterForward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 3, Depth = units }, s.HiddenBefore, s.Before, units, weights, sums);
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int units = a.Units, state = (b * units) + j, at = s.Now + state, gate = (3 * (at - j)) + j;
        float h = s.HiddenBefore[s.Before + state];
        if (a.Lengths[b] <= s.Frame)
        {
            d.Hidden[at] = h;
            return;
        }

        float r = KernelMath.Sigmoid(sums.Of(0) + d.Gates[gate] + d.Bias[j]);
        float z = KernelMath.Sigmoid(sums.Of(1) + d.Gates[gate + units] + d.Bias[units + j]);
        float q = sums.Of(2) + d.Bias[(2 * units) + j], n = KernelMath.Tanh(d.Gates[gate + (2 * units)] + (r * q));
        d.Hidden[at] = n + (z * (h - n));
        if (a.Training == 0)
            return;
        d.Gates[gate] = r;
        d.Gates[gate + units] = z;
        d.Gates[gate + (2 * units)] = n;
        d.Kept[at] = q;
    }
}

/// <summary>
/// The same backwards: dn = dh (1 - z)(1 - n^2), dz = dh (h' - n) z (1 - z), dr = dn q r (1 - r), all before the functions; dh' = dh z + ...; dn r takes q's place, since it
/// and not dn meets U_n.
/// </summary>
internal struct GruAfterBackward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        if (s.Number + 1 < a.Time)
        {
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = 2 * units }, d.Gates, 3 * s.Later, 3 * units, weights, sums);
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, From = 2 * units, Depth = units, Add = 1 }, d.Kept, s.Later, units, weights, sums);
        }
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        RecurrentGradient reached = RecurrentGradient.Take(a, d, s, b, j, 3, sums);
        int units = a.Units, state = (b * units) + j, at = s.Now + state, gate = (3 * (at - j)) + j;
        if (reached.Ends != 0)
        {
            if (s.Number >= 0)
                d.Kept[at] = 0;
            return;
        }

        float dh = reached.Hidden;
        float h = s.HiddenBefore[s.Before + state];
        float r = d.Gates[gate], z = d.Gates[gate + units], n = d.Gates[gate + (2 * units)];
        float dn = dh * (1 - z) * (1 - (n * n));
        d.HiddenCarry[state] = dh * z;
        d.Gates[gate] = dn * d.Kept[at] * (r * (1 - r));
        d.Gates[gate + units] = dh * (h - n) * (z * (1 - z));
        d.Gates[gate + (2 * units)] = dn;
        d.Kept[at] = dn * r;
    }
}
