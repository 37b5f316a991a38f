using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>
/// Connectionist temporal classification, softmax included (Graves et al. 2006): loss_b = -log of the sum over all paths of labels and blanks that
/// collapse to the text. The gradient with respect to the logits, softmax minus the posterior of each class in each frame (equation 16), comes out of
/// the same pass, so the backward step only hands it on.
/// </summary>
public static class CtcLoss
{
    /// <summary>The loss of each utterance; the start of the backward pass.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="logits">[T, B, A].</param>
    /// <param name="lengths">[B], int32: real frames.</param>
    /// <param name="labels">int32: all texts' labels, one after the other.</param>
    /// <param name="labelOffsets">[B + 1], int32: where each text starts.</param>
    /// <param name="blank">The blank's class.</param>
    /// <param name="gradientScale">What the sum of the losses is multiplied by for the gradient: 1 / B for their mean.</param>
    /// <returns>[B]: losses; +infinity where the text cannot fit, NaN where the logits are not finite.</returns>
    public static Tensor Apply(Tape tape, Tensor logits, Tensor lengths, Tensor labels, Tensor labelOffsets, int blank, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(logits);
        Tensor losses = tape.AllocateResult(new Shape(logits.Shape[1]), logits);
        Tensor? gradient = losses.RequiresGradient ? tape.Allocate(logits.Shape) : null;
        tape.Device.CtcLoss(logits, lengths, labels, labelOffsets, blank, losses, gradient, gradientScale);
        if (gradient is not null)
        {
            tape.MarkRoot(losses);
            tape.Record(losses, () => tape.GiveGradient(logits, gradient));
        }

        return losses;
    }
}
