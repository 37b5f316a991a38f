using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// A language model over windows of texts side by side, as training and evaluation run it: each window starts from the states in which the one before ended
/// (truncated back-propagation through time; Williams and Peng 1990).
/// </summary>
internal sealed class SequencePass
{
    private readonly NeuralLanguageModel _model;
    private readonly RecurrentCarry[] _carries;
    private readonly int _batch;

    /// <summary>A pass over <paramref name="batch"/> texts, from zero states.</summary>
    public SequencePass(NeuralLanguageModel model, int batch)
    {
        NeuralLanguageModelOptions options = model.Options;
        _model = model;
        _batch = batch;
        _carries = options.Network == LanguageNetwork.FeedForward
            ? []
            : [.. Enumerable.Range(0, options.Layers).Select(_ => new RecurrentCarry(model.Device, options.Cell, batch, options.Hidden))];
    }

    /// <summary>Runs a window and takes its states over.</summary>
    /// <param name="tape">The tape; where it records, dropout drops.</param>
    /// <param name="inputs">int32: [T, B], or [T, B, k] where the network sees k symbols.</param>
    /// <param name="lengths">[B], all T.</param>
    /// <returns>The last layer's outputs, [T, B, H].</returns>
    public Tensor Hidden(Tape tape, Tensor inputs, Tensor lengths)
    {
        NeuralLanguageModelOptions options = _model.Options;
        int time = inputs.Shape[0];
        Tensor x = Embedding.Apply(tape, _model.Embeddings.Value, inputs);
        if (options.Network == LanguageNetwork.FeedForward)
            x = Reshape.Apply(tape, x, new Shape(time, _batch, options.InputFeatures));
        if (!options.OneHot)
            x = Elementwise.Dropout(tape, x, options.Dropout);
        for (int i = 0; i < options.Layers; i++)
        {
            NeuralLayer layer = _model.Layers[i];
            if (options.Network == LanguageNetwork.FeedForward)
            {
                x = Linear.Apply(tape, x, layer.InputWeight!.Value, layer.InputBias!.Value, Activation.Tanh);
            }
            else
            {
                Tensor gates = layer.InputWeight is null ? x : Linear.Apply(tape, x, layer.InputWeight.Value, layer.InputBias!.Value);
                RecurrentWeights weights = new(layer.Weight!.Value, layer.Bias?.Value, layer.Peephole?.Value);
                RecurrentResult result = Recurrence.Run(tape, options.Cell, [gates], lengths, [weights], initial: _carries[i].Current);
                _carries[i].Keep(result);
                x = result.Outputs[0];
            }

            x = Elementwise.Dropout(tape, x, options.Dropout);
        }

        return x;
    }

    /// <summary>The loss of each symbol of a window, [T, B], in nats; the start of the backward pass where the tape records.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="batch">Inputs, targets [T, B] and lengths, as <see cref="TextStreams"/> makes them; in training against samples, these behind them.</param>
    /// <param name="gradientScale">What the sum of all losses is multiplied by for the gradient.</param>
    public Tensor Losses(Tape tape, DeviceBatch batch, float gradientScale)
    {
        Tensor hidden = Hidden(tape, batch.Tensors[0], batch.Tensors[2]);
        return _model.Output.Losses(tape, hidden, batch.Tensors[1], batch.Tensors.Count > 3 ? batch.Tensors[3] : null, gradientScale);
    }

    /// <summary>Forgets what all texts were.</summary>
    public void Reset()
    {
        foreach (RecurrentCarry carry in _carries)
            carry.Reset();
    }

    /// <summary>Forgets what one text was.</summary>
    public void Reset(int text)
    {
        foreach (Tensor state in States())
        {
            int hidden = state.Shape.Columns;
            _model.Device.Fill(state.View(new Shape(1, hidden), (long)text * hidden), 0);
        }
    }

    /// <summary>The carried states, for a checkpoint.</summary>
    public IEnumerable<(string Name, float[] Values)> Export()
    {
        int number = 0;
        foreach (Tensor state in States())
        {
            float[] values = new float[state.Count];
            _model.Device.Download(state, MemoryMarshal.AsBytes(values.AsSpan()));
            yield return ($"state{number++}", values);
        }
    }

    /// <summary>Takes up the states that <see cref="Export"/> gave.</summary>
    public void Import(Func<string, float[]> find)
    {
        int number = 0;
        foreach (Tensor state in States())
            _model.Device.Upload(MemoryMarshal.AsBytes(find($"state{number++}").AsSpan()), state);
    }

    /// <summary>Gives the memory of the states back.</summary>
    public void Release()
    {
        foreach (RecurrentCarry carry in _carries)
            carry.Dispose();
    }

    private IEnumerable<Tensor> States()
    {
        foreach (RecurrentCarry carry in _carries)
        {
            yield return carry.Current[0].Hidden;
            if (carry.Current[0].Cell is { } cell)
                yield return cell;
        }
    }
}
