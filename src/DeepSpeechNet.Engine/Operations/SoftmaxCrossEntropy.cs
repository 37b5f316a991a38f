using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>
/// The negative log probability of each row's target under the softmax of its logits: loss_r = log sum_k exp x_rk - x_r,target. Backward, fused into the
/// same pass: dx = scale * (softmax(x) - 1 at the target), written over the logits so that no second array of their size is needed.
/// </summary>
public static class SoftmaxCrossEntropy
{
    /// <summary>The loss of each row; the start of the backward pass. <c>Device.SumLosses</c> with the same targets gives their sum and count.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="logits">[..., classes]; consumed while the tape records: its gradient takes its place.</param>
    /// <param name="targets">int32, one a row; a negative number for padding, whose loss and gradient are 0.</param>
    /// <param name="gradientScale">What the sum of the losses is multiplied by for the gradient: 1 / rows for their mean.</param>
    /// <returns>[...]: one loss a row, in nats; NaN where the logits are no numbers.</returns>
    /// <exception cref="ArgumentException">The numbers of rows and targets differ.</exception>
    public static Tensor Apply(Tape tape, Tensor logits, Tensor targets, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Type != ElementType.Int32 || targets.Count != logits.Shape.Rows)
            throw new ArgumentException($"Softmax cross-entropy: logits {logits} need {logits.Shape.Rows} int32 targets, not {targets}.", nameof(targets));
        Tensor losses = tape.AllocateResult(targets.Shape, logits);
        Tensor? gradient = losses.RequiresGradient ? (logits.OwnedByTape ? logits : tape.Allocate(logits.Shape)) : null;
        tape.Device.SoftmaxCrossEntropy(logits, targets, losses, gradient, gradientScale);
        if (gradient is not null)
        {
            tape.MarkRoot(losses);
            tape.Record(losses, () => tape.GiveGradient(logits, gradient));
        }

        return losses;
    }
}
