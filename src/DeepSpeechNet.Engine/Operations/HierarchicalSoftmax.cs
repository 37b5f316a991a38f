using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>
/// The negative log probability of words in a tree of softmaxes (Morin and Bengio 2005; by classes of words: Goodman 2001; by a Huffman code: Mikolov et al.
/// 2013): log p(w | x) = the sum over the decisions d on w's path of log p(child_d | x), exact and normalised over all words. Backward, fused into the same
/// pass: at each node dz = scale * (softmax(z) - 1 at the child taken), dx = the sum of W^T dz over the path, dW and db by rows, as few as the paths saw.
/// </summary>
public static class HierarchicalSoftmax
{
    /// <summary>The loss of each row; the start of the backward pass.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[..., H].</param>
    /// <param name="weight">[words - 1, H]: the decisions' vectors.</param>
    /// <param name="bias">[words - 1, 1], or none.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="targets">int32, one a row; a negative number for padding, whose loss and gradient are 0.</param>
    /// <param name="gradientScale">What the sum of the losses is multiplied by for the gradient.</param>
    /// <returns>One loss a row, in nats.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static Tensor Apply(Tape tape, Tensor x, Tensor weight, Tensor? bias, DecisionTree tree, Tensor targets, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(targets);
        Tensor losses = tape.AllocateResult(targets.Shape, x, weight, bias);
        TreeGradients? gradients = null;
        if (losses.RequiresGradient)
        {
            int rows = TreeGradients.Capacity(tree, x.Shape.Rows);
            Tensor indices = tape.Allocate(new Shape(rows), ElementType.Int32);
            RowGradient weightRows = new(indices, tape.Allocate(new Shape(rows, x.Shape.Columns)));
            gradients = new TreeGradients(x.RequiresGradient ? tape.Allocate(x.Shape) : null, weightRows, bias is null ? null : tape.Allocate(new Shape(rows, 1)));
        }

        tape.Device.TreeCrossEntropy(x, weight, bias, tree, targets, losses, gradients, gradientScale);
        if (gradients is not null)
        {
            tape.MarkRoot(losses);
            tape.Record(losses, () =>
            {
                if (gradients.Input is not null)
                    tape.GiveGradient(x, gradients.Input);
                if (weight.RequiresGradient)
                    tape.GiveRows(weight, gradients.Weight, distinct: true);
                if (bias is { RequiresGradient: true })
                    tape.GiveRows(bias, gradients.Weight with { Rows = gradients.Bias! }, distinct: true);
            });
        }

        return losses;
    }

    /// <summary>The log probability of every word, for inference.</summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="x">[..., H].</param>
    /// <param name="weight">[words - 1, H].</param>
    /// <param name="bias">[words - 1, 1], or none.</param>
    /// <param name="tree">The tree.</param>
    /// <returns>[..., words], in nats.</returns>
    /// <exception cref="InvalidOperationException">The tape records.</exception>
    public static Tensor LogProbabilities(Tape tape, Tensor x, Tensor weight, Tensor? bias, DecisionTree tree)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(tree);
        if (tape.Recording)
            throw new InvalidOperationException("The probabilities of all words of a tree are for inference: take a tape that does not record.");
        Tensor logits = Linear.Apply(tape, x, weight, bias), y = tape.Allocate(x.Shape.WithColumns(tree.Words));
        tape.Device.TreeLogProbabilities(logits, tree, y);
        tape.Recycle(logits);
        return y;
    }
}
