using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>
/// An affine map with an elementwise function: y = act(x W^T + b) for each row of x.
/// Backward: da = dy * act'(y); dx = da W; dW = da^T x; db = the sum of da over all rows.
/// </summary>
public static class Linear
{
    /// <summary>Applies the map.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[..., in].</param>
    /// <param name="weight">W, [out, in].</param>
    /// <param name="bias">b, [out], or none.</param>
    /// <param name="activation">The elementwise function.</param>
    /// <returns>[..., out].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static Tensor Apply(Tape tape, Tensor x, Tensor weight, Tensor? bias, Activation activation = Activation.None)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Shape.Rank != 2 || weight.Shape[1] != x.Shape.Columns || (bias is not null && bias.Count != weight.Shape[0]))
            throw new ArgumentException($"Linear: an input {x.Shape} does not fit weights {weight.Shape} and bias {bias?.Shape}.", nameof(weight));

        Tensor y = tape.AllocateResult(x.Shape.WithColumns(weight.Shape[0]), x, weight, bias);
        tape.Device.MatMul(x, false, weight, true, y, bias: bias, activation: activation);
        tape.Record(y, () =>
        {
            Device device = tape.Device;
            Tensor da = y.Gradient!;
            if (activation != Activation.None)
                device.ActivateBackward(activation, y, da, da);
            if (bias is { RequiresGradient: true })
                device.SumRows(da, tape.GradientFor(bias, out bool accumulateBias), accumulateBias);
            if (weight.RequiresGradient)
                device.MatMul(da, true, x, false, tape.GradientFor(weight, out bool accumulateWeight), accumulateWeight);
            if (x.RequiresGradient)
                device.MatMul(da, false, weight, false, tape.GradientFor(x, out bool accumulateInput), accumulateInput);
        });
        return y;
    }
}
