using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>The gated recurrent units: reset after the product (one launch a step) and before it (two).</summary>
internal static class GruKernels
{
    /// <summary>r, z = sigmoid(x + U h' + u), q = U_n h' + u_n, n = tanh(x_n + r q), h = n + z (h' - n). Keeps r, z, n and q.</summary>
    [MeetsAtBarriers]
    public static void AfterForward(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        ArrayView<float> before = a.Step == 0 ? d.InitialHidden : d.Hidden;
        int offset = a.Before(d.Reverse), units = a.Units;
        GateSums product = StepProducts.Forward(a, before, offset, d.Weight, 0, 3, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int state = (b * units) + j, at = a.Offset(d.Reverse, a.Step) + state, gate = (3 * (at - j)) + j;
        float h = before[offset + state];
        if (a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
        {
            d.Hidden[at] = h;
            return;
        }

        float r = KernelMath.Sigmoid(d.Gates[gate] + product.A + d.Bias[j]), z = KernelMath.Sigmoid(d.Gates[gate + units] + product.B + d.Bias[units + j]);
        float q = product.C + d.Bias[(2 * units) + j], n = KernelMath.Tanh(d.Gates[gate + (2 * units)] + (r * q));
        d.Hidden[at] = n + (z * (h - n));
        if (a.Training == 0)
            return;
        d.Gates[gate] = r;
        d.Gates[gate + units] = z;
        d.Gates[gate + (2 * units)] = n;
        d.Kept[at] = q;
    }

    /// <summary>
    /// dn = dh (1 - z)(1 - n^2), dz = dh (h' - n) z (1 - z), dr = dn q r (1 - r), all before the functions; dh' = dh z + ...; dn r takes q's place, since it
    /// and not dn meets U_n.
    /// </summary>
    [MeetsAtBarriers]
    public static void AfterBackward(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units;
        float arriving = 0;
        if (a.Step + 1 < a.Time)
        {
            int later = a.Offset(d.Reverse, a.Step + 1);
            arriving = StepProducts.Backward(a, d.Gates, 3 * later, 3 * units, 2 * units, d.Weight, 0, s, w);
            arriving += StepProducts.Backward(a, d.Kept, later, units, units, d.Weight, 2 * units, s, w);
        }

        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int state = (b * units) + j;
        if (a.Step < 0)
        {
            d.HiddenCarry[state] += arriving;
            return;
        }

        int at = a.Offset(d.Reverse, a.Step) + state, gate = (3 * (at - j)) + j;
        float dh = d.HiddenCarry[state] + arriving + d.Above[at];
        if (a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
        {
            d.HiddenCarry[state] = dh;
            d.Gates[gate] = 0;
            d.Gates[gate + units] = 0;
            d.Gates[gate + (2 * units)] = 0;
            d.Kept[at] = 0;
            return;
        }

        float h = a.Step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse) + state];
        float r = d.Gates[gate], z = d.Gates[gate + units], n = d.Gates[gate + (2 * units)];
        float dn = dh * (1 - z) * (1 - (n * n));
        d.HiddenCarry[state] = dh * z;
        d.Gates[gate] = dn * d.Kept[at] * (r * (1 - r));
        d.Gates[gate + units] = dh * (h - n) * (z * (1 - z));
        d.Gates[gate + (2 * units)] = dn;
        d.Kept[at] = dn * r;
    }

    /// <summary>r, z = sigmoid(x + U h') and r h', which the candidate's product needs of all units.</summary>
    [MeetsAtBarriers]
    public static void BeforeForwardReset(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        ArrayView<float> before = a.Step == 0 ? d.InitialHidden : d.Hidden;
        int offset = a.Before(d.Reverse), units = a.Units;
        GateSums product = StepProducts.Forward(a, before, offset, d.Weight, 0, 2, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int frame = a.Frame(d.Reverse, a.Step), state = (b * units) + j, gate = (3 * units * ((frame * a.Batch) + b)) + j;
        float h = before[offset + state];
        if (a.Lengths[b] <= frame)
        {
            d.Kept[(frame * d.KeptStride) + state] = h;
            return;
        }

        float r = KernelMath.Sigmoid(d.Gates[gate] + product.A);
        d.Kept[(frame * d.KeptStride) + state] = r * h;
        d.Gates[gate + units] = KernelMath.Sigmoid(d.Gates[gate + units] + product.B);
        if (a.Training != 0)
            d.Gates[gate] = r;
    }

    /// <summary>n = tanh(x_n + U_n (r h')), h = h' + z (n - h').</summary>
    [MeetsAtBarriers]
    public static void BeforeForwardCandidate(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units, frame = a.Frame(d.Reverse, a.Step);
        GateSums product = StepProducts.Forward(a, d.Kept, frame * d.KeptStride, d.Weight, 2 * units, 1, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int state = (b * units) + j, at = a.Offset(d.Reverse, a.Step) + state, gate = (3 * (at - j)) + j;
        float h = a.Step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse) + state];
        if (a.Lengths[b] <= frame)
        {
            d.Hidden[at] = h;
            return;
        }

        float n = KernelMath.Tanh(d.Gates[gate + (2 * units)] + product.A);
        d.Hidden[at] = h + (d.Gates[gate + units] * (n - h));
        if (a.Training != 0)
            d.Gates[gate + (2 * units)] = n;
    }

    /// <summary>What arrives from the step after, then dn = dh z (1 - n^2), dz = dh (n - h') z (1 - z), dh' = dh (1 - z) + ...</summary>
    [MeetsAtBarriers]
    public static void BeforeBackwardUpdate(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units;
        float arriving = 0;
        if (a.Step + 1 < a.Time)
            arriving = StepProducts.Backward(a, d.Gates, 3 * a.Offset(d.Reverse, a.Step + 1), 3 * units, 2 * units, d.Weight, 0, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch)
            return;
        int state = (b * units) + j;
        if (a.Step < 0)
        {
            d.HiddenCarry[state] += arriving;
            return;
        }

        int at = a.Offset(d.Reverse, a.Step) + state, gate = (3 * (at - j)) + j;
        float dh = d.HiddenCarry[state] + arriving + d.Above[at];
        if (a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
        {
            d.HiddenCarry[state] = dh;
            d.Gates[gate] = 0;
            d.Gates[gate + units] = 0;
            d.Gates[gate + (2 * units)] = 0;
            return;
        }

        float h = a.Step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse) + state];
        float z = d.Gates[gate + units], n = d.Gates[gate + (2 * units)];
        d.HiddenCarry[state] = dh * (1 - z);
        d.Gates[gate + units] = dh * (n - h) * (z * (1 - z));
        d.Gates[gate + (2 * units)] = dh * z * (1 - (n * n));
    }

    /// <summary>ds = dn U_n; dr = ds h' r (1 - r) before the function; dh' = ... + ds r.</summary>
    [MeetsAtBarriers]
    public static void BeforeBackwardCandidate(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units, frame = a.Offset(d.Reverse, a.Step);
        float ds = StepProducts.Backward(a, d.Gates, (3 * frame) + (2 * units), 3 * units, units, d.Weight, 2 * units, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= units || b >= a.Batch || a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
            return;
        int state = (b * units) + j, gate = (3 * (frame + state - j)) + j;
        float h = a.Step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse) + state], r = d.Gates[gate];
        d.HiddenCarry[state] += ds * r;
        d.Gates[gate] = ds * h * (r * (1 - r));
    }
}
