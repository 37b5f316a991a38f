using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>The cells of one gate: h = act(x + U h'), act = tanh or the clipped ReLU.</summary>
internal static class VanillaKernels
{
    /// <summary>Steps forwards, a phase each.</summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void Forward(RecurrentRun a)
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int step = a.From; step < a.To; step++)
        {
            ArrayView<float> before = step == 0 ? d.InitialHidden : d.Hidden;
            int offset = a.Before(d.Reverse, step), frame = a.Frame(d.Reverse, step), now = a.Offset(d.Reverse, step);
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = a.Units }, before, offset, a.Units, weights, sums);
            Group.Barrier();
            for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
            {
                int b = a.Utterance(e), j = a.Unit(e);
                if (b >= a.Batch || j >= a.Units)
                    continue;
                int state = (b * a.Units) + j, at = now + state;
                if (a.Lengths[b] <= frame)
                    d.Hidden[at] = before[offset + state];
                else
                    d.Hidden[at] = KernelMath.Activate(a.Flag != 0 ? ActivationNumber.Tanh : ActivationNumber.ClippedRelu, RecurrentProducts.Sum(a, e, 0, doubt, sums) + d.Gates[at]);
            }

            doubt = GroupMeetings.Meet(a, step, doubt, sums);
        }
    }

    /// <summary>Steps backwards, a phase each: first what reaches a step's state through the weights from the step after it.</summary>
    [MeetsAtBarriers(AcrossGroups = true)]
    public static void Backward(RecurrentRun a)
    {
        ArrayView<Four> weights = SharedMemory.Allocate<Four>(RecurrentProducts.WeightRoom), sums = SharedMemory.Allocate<Four>(RecurrentProducts.SumRoom);
        RecurrentViews d = a.Direction();
        float doubt = 0;
        RecurrentProducts.Fetch(a, d, weights);
        for (int phase = a.From; phase < a.To; phase++)
        {
            int step = a.Time - 1 - phase;
            if (phase > 0)
                RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = a.Units }, d.Gates, a.Offset(d.Reverse, step + 1), a.Units, weights, sums);
            Group.Barrier();
            for (int e = Group.IdxX; e < a.Rows * a.Tile.Width; e += Group.DimX)
            {
                int b = a.Utterance(e), j = a.Unit(e);
                if (b >= a.Batch || j >= a.Units)
                    continue;
                int state = (b * a.Units) + j;
                float arriving = phase > 0 ? RecurrentProducts.Sum(a, e, 0, doubt, sums) : 0;
                if (step < 0)
                {
                    d.HiddenCarry[state] += arriving;
                    continue;
                }

                int at = a.Offset(d.Reverse, step) + state;
                float dh = d.HiddenCarry[state] + arriving + d.Above[at];
                bool held = a.Lengths[b] <= a.Frame(d.Reverse, step);
                d.HiddenCarry[state] = held ? dh : 0;
                d.Gates[at] = held ? 0 : KernelMath.ActivateBackward(a.Flag != 0 ? ActivationNumber.Tanh : ActivationNumber.ClippedRelu, d.Hidden[at], dh);
            }

            doubt = GroupMeetings.Meet(a, phase, doubt, sums);
        }
    }
}
