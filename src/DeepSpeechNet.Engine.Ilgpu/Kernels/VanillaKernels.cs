using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>The cells of one gate: h = act(x + U h'), act = tanh or the clipped ReLU.</summary>
internal static class VanillaKernels
{
    /// <summary>One step.</summary>
    [MeetsAtBarriers]
    public static void Forward(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        ArrayView<float> before = a.Step == 0 ? d.InitialHidden : d.Hidden;
        int offset = a.Before(d.Reverse);
        GateSums product = StepProducts.Forward(a, before, offset, d.Weight, 0, 1, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= a.Units || b >= a.Batch)
            return;
        int state = (b * a.Units) + j, at = a.Offset(d.Reverse, a.Step) + state;
        if (a.Lengths[b] <= a.Frame(d.Reverse, a.Step))
            d.Hidden[at] = before[offset + state];
        else
            d.Hidden[at] = KernelMath.Activate(a.Flag != 0 ? ActivationNumber.Tanh : ActivationNumber.ClippedRelu, d.Gates[at] + product.A);
    }

    /// <summary>One step backwards: first what reaches this step's state through the weights from the step after it.</summary>
    [MeetsAtBarriers]
    public static void Backward(RecurrentStep a)
    {
        ArrayView<float> s = SharedMemory.Allocate<float>(StepProducts.StateRoom), w = SharedMemory.Allocate<float>(StepProducts.WeightRoom);
        RecurrentViews d = a.Direction();
        float arriving = 0;
        if (a.Step + 1 < a.Time)
            arriving = StepProducts.Backward(a, d.Gates, a.Offset(d.Reverse, a.Step + 1), a.Units, a.Units, d.Weight, 0, s, w);
        int j = (Grid.IdxX * Group.DimX) + Group.IdxX, b = (Grid.IdxY * Group.DimY) + Group.IdxY;
        if (j >= a.Units || b >= a.Batch)
            return;
        int state = (b * a.Units) + j;
        if (a.Step < 0)
        {
            d.HiddenCarry[state] += arriving;
            return;
        }

        int at = a.Offset(d.Reverse, a.Step) + state;
        float dh = d.HiddenCarry[state] + arriving + d.Above[at];
        bool held = a.Lengths[b] <= a.Frame(d.Reverse, a.Step);
        d.HiddenCarry[state] = held ? dh : 0;
        d.Gates[at] = held ? 0 : KernelMath.ActivateBackward(a.Flag != 0 ? ActivationNumber.Tanh : ActivationNumber.ClippedRelu, d.Hidden[at], dh);
    }
}
