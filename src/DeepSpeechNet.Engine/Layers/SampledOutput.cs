using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Layers;

/// <summary>
/// An output layer over many words that trains by sampled softmax (<see cref="SampledSoftmax"/>), at a cost that does not grow with the vocabulary, and
/// evaluates by the full softmax of the same weights. Parameters <c>NAME.weight</c> [words, in] (or an embedding table that is trained by rows) and
/// <c>NAME.bias</c> [words, 1], trained by rows.
/// </summary>
public sealed class SampledOutput
{
    /// <summary>The most logits that an exact evaluation holds at a time: 64 MiB.</summary>
    private const int MostLogits = 1 << 24;

    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly WordSampler _sampler;
    private Tensor? _logProposal;

    /// <summary>Adds the layer's parameters to a set.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="name">The layer's dotted name.</param>
    /// <param name="inputs">Features in.</param>
    /// <param name="sampler">Draws the words that stand for all others.</param>
    /// <param name="start">How the weight starts; uniform in +-0.1 if none is given.</param>
    /// <param name="tied">A table [words, in] trained by rows to use as the weight, the embedding's; none for one of its own.</param>
    /// <exception cref="ArgumentException">The tied table is of another shape or not trained by rows.</exception>
    public SampledOutput(ParameterSet parameters, string name, int inputs, WordSampler sampler, Initialiser? start = null, Parameter? tied = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(sampler);
        Shape shape = new(sampler.Words, inputs);
        if (tied is not null && (tied.Shape != shape || !tied.RowSparse))
            throw new ArgumentException($"The tied table {tied.Name} {tied.Shape} must be {shape} and trained by rows.", nameof(tied));
        _sampler = sampler;
        _weight = tied ?? parameters.AddTable($"{name}.weight", shape, start ?? Initialiser.Uniform(0.1f));
        _bias = parameters.AddTable($"{name}.bias", new Shape(sampler.Words, 1), Initialiser.Zeros);
    }

    /// <summary>The training loss of each row over its target and the samples; the start of the backward pass.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[..., in].</param>
    /// <param name="targets">int32, one a row; a negative number for padding.</param>
    /// <param name="samples">[S], int32: what the layer's sampler drew for this step, the same for all rows.</param>
    /// <param name="gradientScale">What the sum of the losses is multiplied by for the gradient.</param>
    public Tensor Losses(Tape tape, Tensor x, Tensor targets, Tensor samples, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(tape);
        if (_logProposal is null || !ReferenceEquals(_logProposal.Device, tape.Device))
        {
            _logProposal = tape.Device.Allocate(ElementType.Float32, new Shape(_sampler.Words, 1));
            tape.Device.Upload(MemoryMarshal.AsBytes(_sampler.LogProbabilities), _logProposal);
        }

        return SampledSoftmax.Apply(tape, x, _weight.Value, _bias.Value, _logProposal, samples, targets, gradientScale);
    }

    /// <summary>The exact negative log probability of each row's target, over all words: for perplexity, no training.</summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="x">[..., in].</param>
    /// <param name="targets">int32, one a row; a negative number for padding.</param>
    /// <exception cref="InvalidOperationException">The tape records.</exception>
    public Tensor ExactLosses(Tape tape, Tensor x, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(targets);
        if (tape.Recording)
            throw new InvalidOperationException("Exact losses of a sampled output are for evaluation: take a tape that does not record.");
        Tensor losses = tape.Allocate(targets.Shape);
        int rows = x.Shape.Rows, inputs = x.Shape.Columns, atOnce = Math.Max(1, MostLogits / _sampler.Words);
        for (int first = 0; first < rows; first += atOnce)
        {
            int count = Math.Min(atOnce, rows - first);
            Tensor logits = Linear.Apply(tape, x.View(new Shape(count, inputs), (long)first * inputs), _weight.Value, _bias.Value);
            tape.Device.SoftmaxCrossEntropy(logits, targets.View(new Shape(count), first), losses.View(new Shape(count), first), null, 1);
            tape.Recycle(logits);
        }

        return losses;
    }
}
