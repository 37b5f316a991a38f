using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>The gated recurrent units: reset after the product (one phase a step) and before it (two).</summary>
internal static class GruKernels
{
    /// <summary>r, z = sigmoid(x + U h' + u), q = U_n h' + u_n, n = tanh(x_n + r q), h = n + z (h' - n). Keeps r, z, n and q.</summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void AfterForward(RecurrentRun a)
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        int units = a.Units;
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int step = a.From; step < a.To; step++)
        {
            ArrayView<float> before = step == 0 ? d.InitialHidden : d.Hidden;
            int offset = a.Before(d.Reverse, step), frame = a.Frame(d.Reverse, step), now = a.Offset(d.Reverse, step);
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 3, Depth = units }, before, offset, units, weights, sums);
            Group.Barrier();
            for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
            {
                int b = a.Utterance(e), j = a.Unit(e);
                if (b >= a.Batch || j >= units)
                    continue;
                int state = (b * units) + j, at = now + state, gate = (3 * (at - j)) + j;
                float h = before[offset + state];
                if (a.Lengths[b] <= frame)
                {
                    d.Hidden[at] = h;
                    continue;
                }

                float r = KernelMath.Sigmoid(RecurrentProducts.Sum(a, e, 0, doubt, sums) + d.Gates[gate] + d.Bias[j]);
                float z = KernelMath.Sigmoid(RecurrentProducts.Sum(a, e, 1, doubt, sums) + d.Gates[gate + units] + d.Bias[units + j]);
                float q = RecurrentProducts.Sum(a, e, 2, doubt, sums) + d.Bias[(2 * units) + j], n = KernelMath.Tanh(d.Gates[gate + (2 * units)] + (r * q));
                d.Hidden[at] = n + (z * (h - n));
                if (a.Training == 0)
                    continue;
                d.Gates[gate] = r;
                d.Gates[gate + units] = z;
                d.Gates[gate + (2 * units)] = n;
                d.Kept[at] = q;
            }

            doubt = GroupMeetings.Meet(a, step, doubt, sums);
        }
    }

    /// <summary>
    /// dn = dh (1 - z)(1 - n^2), dz = dh (h' - n) z (1 - z), dr = dn q r (1 - r), all before the functions; dh' = dh z + ...; dn r takes q's place, since it
    /// and not dn meets U_n.
    /// </summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void AfterBackward(RecurrentRun a)
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
            {
                int later = a.Offset(d.Reverse, step + 1);
                RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = 2 * units }, d.Gates, 3 * later, 3 * units, weights, sums);
                RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, From = 2 * units, Depth = units, Add = 1 }, d.Kept, later, units, weights, sums);
            }

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

                int at = a.Offset(d.Reverse, step) + state, gate = (3 * (at - j)) + j;
                float dh = d.HiddenCarry[state] + arriving + d.Above[at];
                if (a.Lengths[b] <= a.Frame(d.Reverse, step))
                {
                    d.HiddenCarry[state] = dh;
                    d.Gates[gate] = 0;
                    d.Gates[gate + units] = 0;
                    d.Gates[gate + (2 * units)] = 0;
                    d.Kept[at] = 0;
                    continue;
                }

                float h = step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse, step) + state];
                float r = d.Gates[gate], z = d.Gates[gate + units], n = d.Gates[gate + (2 * units)];
                float dn = dh * (1 - z) * (1 - (n * n));
                d.HiddenCarry[state] = dh * z;
                d.Gates[gate] = dn * d.Kept[at] * (r * (1 - r));
                d.Gates[gate + units] = dh * (h - n) * (z * (1 - z));
                d.Gates[gate + (2 * units)] = dn;
                d.Kept[at] = dn * r;
            }

            doubt = GroupMeetings.Meet(a, phase, doubt, sums);
        }
    }

    /// <summary>Steps forwards with the reset before the product.</summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void BeforeForward(RecurrentRun a)
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int phase = a.From; phase < a.To; phase++)
        {
            if (phase % 2 == 0)
                ForwardReset(a, d, phase / 2, doubt, weights, sums);
            else
                ForwardCandidate(a, d, phase / 2, doubt, weights, sums);
            doubt = GroupMeetings.Meet(a, phase, doubt, sums);
        }
    }

    /// <summary>Steps backwards with the reset before the product.</summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void BeforeBackward(RecurrentRun a)
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int phase = a.From; phase < a.To; phase++)
        {
            int step = a.Time - 1 - (phase / 2);
            if (phase % 2 == 0)
                BackwardUpdate(a, d, step, doubt, weights, sums);
            else
                BackwardCandidate(a, d, step, doubt, weights, sums);
            doubt = GroupMeetings.Meet(a, phase, doubt, sums);
        }
    }

    /// <summary>r, z = sigmoid(x + U h') and r h', which the candidate's product needs of all units.</summary>
    private static void ForwardReset(RecurrentRun a, RecurrentViews d, int step, float doubt, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        ArrayView<float> before = step == 0 ? d.InitialHidden : d.Hidden;
        int offset = a.Before(d.Reverse, step), units = a.Units, frame = a.Frame(d.Reverse, step);
        RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 2, Depth = units }, before, offset, units, weights, sums);
        Group.Barrier();
        for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
        {
            int b = a.Utterance(e), j = a.Unit(e);
            if (b >= a.Batch || j >= units)
                continue;
            int state = (b * units) + j, gate = (3 * units * ((frame * a.Batch) + b)) + j;
            float h = before[offset + state];
            if (a.Lengths[b] <= frame)
            {
                d.Kept[(frame * d.KeptStride) + state] = h;
                continue;
            }

            float r = KernelMath.Sigmoid(RecurrentProducts.Sum(a, e, 0, doubt, sums) + d.Gates[gate]);
            d.Kept[(frame * d.KeptStride) + state] = r * h;
            d.Gates[gate + units] = KernelMath.Sigmoid(RecurrentProducts.Sum(a, e, 1, doubt, sums) + d.Gates[gate + units]);
            if (a.Training != 0)
                d.Gates[gate] = r;
        }
    }

    /// <summary>n = tanh(x_n + U_n (r h')), h = h' + z (n - h').</summary>
    private static void ForwardCandidate(RecurrentRun a, RecurrentViews d, int step, float doubt, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units, frame = a.Frame(d.Reverse, step), now = a.Offset(d.Reverse, step);
        RecurrentProducts.Multiply(a, d, new RecurrentProduct { Set = 2, Sets = 1, Depth = units }, d.Kept, frame * d.KeptStride, units, weights, sums);
        Group.Barrier();
        for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
        {
            int b = a.Utterance(e), j = a.Unit(e);
            if (b >= a.Batch || j >= units)
                continue;
            int state = (b * units) + j, at = now + state, gate = (3 * (at - j)) + j;
            float h = step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse, step) + state];
            if (a.Lengths[b] <= frame)
            {
                d.Hidden[at] = h;
                continue;
            }

            float n = KernelMath.Tanh(RecurrentProducts.Sum(a, e, 0, doubt, sums) + d.Gates[gate + (2 * units)]);
            d.Hidden[at] = h + (d.Gates[gate + units] * (n - h));
            if (a.Training != 0)
                d.Gates[gate + (2 * units)] = n;
        }
    }

    /// <summary>What arrives from the step after, then dn = dh z (1 - n^2), dz = dh (n - h') z (1 - z), dh' = dh (1 - z) + ...</summary>
    private static void BackwardUpdate(RecurrentRun a, RecurrentViews d, int step, float doubt, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units;
        bool last = step + 1 == a.Time;
        if (!last)
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = 2 * units }, d.Gates, 3 * a.Offset(d.Reverse, step + 1), 3 * units, weights, sums);
        Group.Barrier();
        for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
        {
            int b = a.Utterance(e), j = a.Unit(e);
            if (b >= a.Batch || j >= units)
                continue;
            int state = (b * units) + j;
            float arriving = last ? 0 : RecurrentProducts.Sum(a, e, 0, doubt, sums);
            if (step < 0)
            {
                d.HiddenCarry[state] += arriving;
                continue;
            }

            int at = a.Offset(d.Reverse, step) + state, gate = (3 * (at - j)) + j;
            float dh = d.HiddenCarry[state] + arriving + d.Above[at];
            if (a.Lengths[b] <= a.Frame(d.Reverse, step))
            {
                d.HiddenCarry[state] = dh;
                d.Gates[gate] = 0;
                d.Gates[gate + units] = 0;
                d.Gates[gate + (2 * units)] = 0;
                continue;
            }

            float h = step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse, step) + state];
            float z = d.Gates[gate + units], n = d.Gates[gate + (2 * units)];
            d.HiddenCarry[state] = dh * (1 - z);
            d.Gates[gate + units] = dh * (n - h) * (z * (1 - z));
            d.Gates[gate + (2 * units)] = dh * z * (1 - (n * n));
        }
    }

    /// <summary>ds = dn U_n; dr = ds h' r (1 - r) before the function; dh' = ... + ds r.</summary>
    private static void BackwardCandidate(RecurrentRun a, RecurrentViews d, int step, float doubt, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        int units = a.Units, now = a.Offset(d.Reverse, step);
        RecurrentProduct product = new() { Sets = 1, From = 2 * units, Depth = units };
        RecurrentProducts.Multiply(a, d, product, d.Gates, (3 * now) + (2 * units), 3 * units, weights, sums);
        Group.Barrier();
        for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
        {
            int b = a.Utterance(e), j = a.Unit(e);
            if (b >= a.Batch || j >= units || a.Lengths[b] <= a.Frame(d.Reverse, step))
                continue;
            int state = (b * units) + j, gate = (3 * (now + state - j)) + j;
            float ds = RecurrentProducts.Sum(a, e, 0, doubt, sums), h = step == 0 ? d.InitialHidden[state] : d.Hidden[a.Before(d.Reverse, step) + state], r = d.Gates[gate];
            d.HiddenCarry[state] += ds * r;
            d.Gates[gate] = ds * h * (r * (1 - r));
        }
    }
}
