using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Layers;

/// <summary>
/// A table of word vectors (<see cref="Embedding"/>). Parameter <c>NAME.weight</c> [words, features]. The same parameter can be the output matrix of a
/// <see cref="Dense"/> (tied weights; Press and Wolf 2017): the tape adds up both gradients.
/// </summary>
public sealed class EmbeddingTable
{
    /// <summary>Adds the layer's parameter to a set.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="name">The layer's dotted name.</param>
    /// <param name="words">V, how many rows.</param>
    /// <param name="features">F, features of a word.</param>
    /// <param name="start">How it starts; uniform in +-0.1 if none is given, as in the small network of Zaremba et al. 2014.</param>
    /// <param name="byRows">
    /// Whether it is trained by rows, at a cost that does not grow with the vocabulary (moments and decay of the words that a step does not meet stand still);
    /// not for a table that is tied to a full softmax.
    /// </param>
    public EmbeddingTable(ParameterSet parameters, string name, int words, int features, Initialiser? start = null, bool byRows = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfLessThan(words, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        Shape shape = new(words, features);
        Initialiser chosen = start ?? Initialiser.Uniform(0.1f);
        Weight = byRows ? parameters.AddTable($"{name}.weight", shape, chosen) : parameters.Add($"{name}.weight", shape, chosen);
    }

    /// <summary>The table, [words, features].</summary>
    public Parameter Weight { get; }

    /// <summary>[T, B] int32 words (negative: padding) to [T, B, features].</summary>
    public Tensor Apply(Tape tape, Tensor indices) => Embedding.Apply(tape, Weight.Value, indices);
}
