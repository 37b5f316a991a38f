using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>
/// Cross-entropy over the target and a few sampled words in place of all (Bengio and Senecal 2003; Jean et al. 2015, section 3): logits x w_k + b_k - log q_k
/// for the row's target and for S samples from the proposal q that all rows share, samples equal to the target left out; the correction by log q makes its
/// gradient tend to that of the full softmax as S grows. The loss is that of training; perplexity takes the full softmax of the same weights.
/// Backward: with g = scale * (softmax - 1 at the target), dx = the sum of g_k w_k, dw_k = the sum over rows of g_k x, as rows of the sampled words.
/// </summary>
public static class SampledSoftmax
{
    /// <summary>The loss of each row; the start of the backward pass.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[..., H].</param>
    /// <param name="weight">[words, H].</param>
    /// <param name="bias">[words, 1].</param>
    /// <param name="logProposal">[words, 1]: log q of each word.</param>
    /// <param name="samples">[S], int32: words drawn from q, with replacement.</param>
    /// <param name="targets">int32, one a row; a negative number for padding, whose loss and gradient are 0.</param>
    /// <param name="gradientScale">What the sum of the losses is multiplied by for the gradient.</param>
    /// <returns>One loss a row, in nats.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static Tensor Apply(Tape tape, Tensor x, Tensor weight, Tensor bias, Tensor logProposal, Tensor samples, Tensor targets, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(bias);
        ArgumentNullException.ThrowIfNull(logProposal);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(targets);
        Device device = tape.Device;
        int rows = x.Shape.Rows, count = checked((int)samples.Count);
        Tensor sampled = Gather(tape, weight, samples), wanted = Gather(tape, weight, targets);
        Tensor sampledBias = Corrected(tape, bias, logProposal, samples), wantedLogits = Corrected(tape, bias, logProposal, targets);
        Tensor logits = tape.Allocate(new Shape(rows, count));
        device.MatMul(x, false, sampled, true, logits, bias: sampledBias);
        device.RowDots(x, wanted, wantedLogits, accumulate: true);
        Tensor losses = tape.AllocateResult(targets.Shape, x, weight, bias);
        bool training = losses.RequiresGradient;
        device.SampledCrossEntropy(logits, wantedLogits, samples, targets, losses, training ? logits : null, training ? wantedLogits : null, gradientScale);
        if (!training)
        {
            foreach (Tensor done in (ReadOnlySpan<Tensor>)[logits, sampled, wanted, sampledBias, wantedLogits])
                tape.Recycle(done);
            return losses;
        }

        tape.MarkRoot(losses);
        tape.Record(losses, () =>
        {
            if (x.RequiresGradient)
            {
                Tensor dx = tape.GradientFor(x, out bool accumulate);
                device.MatMul(logits, false, sampled, false, dx, accumulate);
                device.ScaleRows(wanted, wantedLogits, dx, accumulate: true);
            }

            if (weight.RequiresGradient)
            {
                Tensor sampledGradient = tape.Allocate(sampled.Shape), wantedGradient = tape.Allocate(wanted.Shape);
                device.MatMul(logits, true, x, false, sampledGradient);
                device.ScaleRows(x, wantedLogits, wantedGradient);
                tape.GiveRows(weight, new RowGradient(samples, sampledGradient));
                tape.GiveRows(weight, new RowGradient(targets, wantedGradient));
            }

            if (bias.RequiresGradient)
            {
                Tensor sampledGradient = tape.Allocate(new Shape(count));
                device.SumRows(logits, sampledGradient);
                tape.GiveRows(bias, new RowGradient(samples, sampledGradient.View(new Shape(count, 1))));
                tape.GiveRows(bias, new RowGradient(targets, wantedLogits));
            }
        });
        return losses;
    }

    private static Tensor Gather(Tape tape, Tensor table, Tensor indices)
    {
        Tensor rows = tape.Allocate(new Shape(checked((int)indices.Count), table.Shape.Columns));
        tape.Device.GatherRows(table, indices, rows);
        return rows;
    }

    /// <summary>b_k - log q_k of each word, [n, 1].</summary>
    private static Tensor Corrected(Tape tape, Tensor bias, Tensor logProposal, Tensor words)
    {
        Tensor value = Gather(tape, bias, words), proposal = Gather(tape, logProposal, words);
        tape.Device.Scale(proposal, -1, value, accumulate: true);
        tape.Recycle(proposal);
        return value;
    }
}
