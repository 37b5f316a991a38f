using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>The cells of one gate, forwards: h = act(x + U h'), act = tanh or the clipped ReLU.</summary>
internal struct VanillaForward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = a.Units }, s.HiddenBefore, s.Before, a.Units, weights, sums);
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        int state = (b * a.Units) + j, at = s.Now + state;
        if (a.Lengths[b] <= s.Frame)
            d.Hidden[at] = s.HiddenBefore[s.Before + state];
        else
            d.Hidden[at] = KernelMath.Activate(a.Flag != 0 ? ActivationNumber.Tanh : ActivationNumber.ClippedRelu, sums.Of(0) + d.Gates[at]);
    }
}

/// <summary>The same backwards: first what reaches a step's state through the weights from the step after it.</summary>
internal struct VanillaBackward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, RecurrentStep s, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        if (s.Number + 1 < a.Time)
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = a.Units }, d.Gates, s.Later, a.Units, weights, sums);
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, RecurrentStep s, int b, int j, RecurrentSums sums)
    {
        RecurrentGradient reached = RecurrentGradient.Take(a, d, s, b, j, 1, sums);
        if (reached.Ends != 0)
            return;
        int state = (b * a.Units) + j, at = s.Now + state;
        d.HiddenCarry[state] = 0;
        d.Gates[at] = KernelMath.ActivateBackward(a.Flag != 0 ? ActivationNumber.Tanh : ActivationNumber.ClippedRelu, d.Hidden[at], reached.Hidden);
    }
}
