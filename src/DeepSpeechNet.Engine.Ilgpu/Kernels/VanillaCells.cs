using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>The cells of one gate, forwards: h = act(x + U h'), act = tanh or the clipped ReLU.</summary>
internal struct VanillaForward : IRecurrentCell
{
    /// <inheritdoc/>
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, int phase, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        RecurrentStep s = a.Step(d, phase);
        RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = a.Units }, s.HiddenBefore, s.Before, a.Units, weights, sums);
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, int phase, int b, int j, RecurrentSums sums)
    {
        RecurrentStep s = a.Step(d, phase);
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
    public readonly void Multiply(RecurrentRun a, RecurrentViews d, int phase, ArrayView<Four> weights, ArrayView<Four> sums)
    {
        RecurrentStep s = a.Step(d, a.Time - 1 - phase);
        if (s.Number + 1 < a.Time)
            RecurrentProducts.Multiply(a, d, new RecurrentProduct { Sets = 1, Depth = a.Units }, d.Gates, s.Later, a.Units, weights, sums);
    }

    /// <inheritdoc/>
    public readonly void Finish(RecurrentRun a, RecurrentViews d, int phase, int b, int j, RecurrentSums sums)
    {
        RecurrentStep s = a.Step(d, a.Time - 1 - phase);
        int state = (b * a.Units) + j;
        float arriving = s.Number + 1 < a.Time ? sums.Of(0) : 0;
        if (s.Number < 0)
        {
            d.HiddenCarry[state] += arriving;
            return;
        }

        int at = s.Now + state;
        float dh = d.HiddenCarry[state] + arriving + d.Above[at];
        bool held = a.Lengths[b] <= s.Frame;
        d.HiddenCarry[state] = held ? dh : 0;
        d.Gates[at] = held ? 0 : KernelMath.ActivateBackward(a.Flag != 0 ? ActivationNumber.Tanh : ActivationNumber.ClippedRelu, d.Hidden[at], dh);
    }
}
