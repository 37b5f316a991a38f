using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices;

/// <summary>
/// A tree of softmaxes over words as a device reads it: each word is reached by decisions from the root to a leaf, and its probability is the product
/// of theirs. A node with c children has c - 1 rows of the weight: child j &lt; c - 1 has the logit w_j x + b_j, the last one the logit 0, so that a
/// node of two children is one logistic decision.
/// </summary>
/// <param name="Nodes">[nodes, 2], int32: the node's first row of the weight, and how many rows it has.</param>
/// <param name="PathOffsets">[words + 1], int32: where each word's path starts in <paramref name="Paths"/>.</param>
/// <param name="Paths">[decisions, 2], int32: for each decision of a path, from the root on, its node and the child taken.</param>
/// <param name="Rows">How many rows the weight has: words - 1.</param>
/// <param name="MostRows">The most rows that one path sees.</param>
/// <param name="LongestPath">The most decisions of a path.</param>
public sealed record DecisionTree(Tensor Nodes, Tensor PathOffsets, Tensor Paths, int Rows, int MostRows, int LongestPath)
{
    /// <summary>How many words there are.</summary>
    public int Words => checked((int)PathOffsets.Count) - 1;
}

/// <summary>Where <see cref="Device.TreeCrossEntropy"/> puts its gradients.</summary>
/// <param name="Input">[.., H], written whole; or none.</param>
/// <param name="Weight">Rows of the weight, each at most once; as many as <see cref="Capacity"/> says.</param>
/// <param name="Bias">[n, 1]: the same rows' gradients of the bias; or none.</param>
public sealed record TreeGradients(Tensor? Input, RowGradient Weight, Tensor? Bias)
{
    /// <summary>How many rows of the weight a batch can touch.</summary>
    public static int Capacity(DecisionTree tree, int batchRows)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return (int)Math.Min(tree.Rows, (long)tree.MostRows * batchRows);
    }
}
