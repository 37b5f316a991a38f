using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>GRU with the reset before the product, forwards, in two phases: the candidate's product needs r h' of all units.</summary>
internal struct GruBeforeForward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        if (s.Part != 0)
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Set = 2, Sets = 1, Depth = units }, d.Kept, s.Frame * d.KeptStride, units, weights, sums);
        else
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 2, Depth = units }, s.HiddenBefore, s.Before, units, weights, sums);
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        if (s.Part == 0)
            Reset(a, d, s, b, j, sums);
        else
            Candidate(a, d, s, b, j, sums);
    }

    /// <summary>r, z = sigmoid(x + U h') and r h'.</summary>
    private static void Reset(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int units = a.Units, state = (b * units) + j, gate = (3 * units * ((s.Frame * a.Batch) + b)) + j;
        float h = s.HiddenBefore[s.Before + state];
        if (a.Lengths[b] <= s.Frame)
        {
            d.Kept[(s.Frame * d.KeptStride) + state] = h;
            return;
        }

        float r = KernelMath.Sigmoid(sums.Of(0) + d.Gates[gate]);
        d.Kept[(s.Frame * d.KeptStride) + state] = r * h;
        d.Gates[gate + units] = KernelMath.Sigmoid(sums.Of(1) + d.Gates[gate + units]);
        if (a.Training != 0)
            d.Gates[gate] = r;
    }

    /// <summary>n = tanh(x_n + U_n (r h')), h = h' + z (n - h').</summary>
    private static void Candidate(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int units = a.Units, state = (b * units) + j, at = s.Now + state, gate = (3 * (at - j)) + j;
        float h = s.HiddenBefore[s.Before + state];
        if (a.Lengths[b] <= s.Frame)
        {
            d.Hidden[at] = h;
            return;
        }

        float n = KernelMath.Tanh(sums.Of(0) + d.Gates[gate + (2 * units)]);
        d.Hidden[at] = h + (d.Gates[gate + units] * (n - h));
        if (a.Training != 0)
            d.Gates[gate + (2 * units)] = n;
    }
}

/// <summary>The same backwards.</summary>
internal struct GruBeforeBackward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        if (s.Part != 0)
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, From = 2 * units, Depth = units }, d.Gates, (3 * s.Now) + (2 * units), 3 * units, weights, sums);
        else if (s.Number + 1 < a.Time)
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = 2 * units }, d.Gates, 3 * s.Later, 3 * units, weights, sums);
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        if (s.Part == 0)
            Update(a, d, s, b, j, sums);
        else
            Candidate(a, d, s, b, j, sums);
    }

    /// <summary>What arrives from the step after, then dn = dh z (1 - n^2), dz = dh (n - h') z (1 - z), dh' = dh (1 - z) + ...</summary>
    private static void Update(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        RecurrentGradient reached = RecurrentGradient.Take(a, d, s, b, j, 3, sums);
        if (reached.Ends != 0)
            return;
        int units = a.Units, state = (b * units) + j, at = s.Now + state, gate = (3 * (at - j)) + j;
        float dh = reached.Hidden;
        float h = s.HiddenBefore[s.Before + state];
        float z = d.Gates[gate + units], n = d.Gates[gate + (2 * units)];
        d.HiddenCarry[state] = dh * (1 - z);
        d.Gates[gate + units] = dh * (n - h) * (z * (1 - z));
        d.Gates[gate + (2 * units)] = dh * z * (1 - (n * n));
    }

    /// <summary>ds = dn U_n; dr = ds h' r (1 - r) before the function; dh' = ... + ds r.</summary>
    private static void Candidate(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int units = a.Units;
        if (a.Lengths[b] <= s.Frame)
            return;
        int state = (b * units) + j, gate = (3 * (s.Now + state - j)) + j;
        float ds = sums.Of(0), h = s.HiddenBefore[s.Before + state], r = d.Gates[gate];
        d.HiddenCarry[state] += ds * r;
        d.Gates[gate] = ds * h * (r * (1 - r));
    }
}
