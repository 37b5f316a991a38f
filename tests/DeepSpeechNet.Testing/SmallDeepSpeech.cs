using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Testing;

/// <summary>The extents of a <see cref="SmallDeepSpeech"/>.</summary>
public sealed record SmallDeepSpeechOptions
{
    /// <summary>Numbers a frame.</summary>
    public int Features { get; init; } = 5;

    /// <summary>Frames of context on each side.</summary>
    public int Context { get; init; } = 2;

    /// <summary>Every how-many-th frame is kept.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Hidden units.</summary>
    public int Hidden { get; init; } = 12;

    /// <summary>Classes, the blank last.</summary>
    public int Classes { get; init; } = 6;

    /// <summary>The recurrent cell.</summary>
    public CellKind Cell { get; init; } = CellKind.ClippedRelu;

    /// <summary>The share of units dropped behind each feed-forward layer.</summary>
    public float Dropout { get; init; }

    /// <summary>Whether the recurrent layer's input is batch-normalised.</summary>
    public bool BatchNorm { get; init; }
}

/// <summary>The network of Hannun et al. 2014 from the engine's layers: three clipped layers, a layer of both directions summed, a clipped one, the classes.</summary>
public sealed class SmallDeepSpeech
{
    private readonly SmallDeepSpeechOptions _options;
    private readonly Dense[] _below;
    private readonly Recurrent _recurrent;
    private readonly Dense _above;
    private readonly Dense _classes;

    /// <summary>A network on a device, allocated for training or inference.</summary>
    public SmallDeepSpeech(Device device, SmallDeepSpeechOptions options, ulong seed = 1, bool training = true)
    {
        _options = options;
        Device = device;
        Parameters = new ParameterSet();
        int inputs = ((2 * options.Context) + 1) * options.Features;
        _below =
        [
            new Dense(Parameters, "dense1", inputs, options.Hidden, Activation.ClippedRelu),
            new Dense(Parameters, "dense2", options.Hidden, options.Hidden, Activation.ClippedRelu),
            new Dense(Parameters, "dense3", options.Hidden, options.Hidden, Activation.ClippedRelu),
        ];
        _recurrent = new Recurrent(Parameters, "recurrent", new RecurrentOptions
        {
            Inputs = options.Hidden,
            Hidden = options.Hidden,
            Cell = options.Cell,
            Direction = DirectionMode.Sum,
            BatchNorm = options.BatchNorm,
        });
        _above = new Dense(Parameters, "dense5", options.Hidden, options.Hidden, Activation.ClippedRelu);
        _classes = new Dense(Parameters, "classes", options.Hidden, options.Classes, Activation.None);
        Parameters.Allocate(device, seed, training);
    }

    /// <summary>Where the network lies.</summary>
    public Device Device { get; }

    /// <summary>All parameters by name.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>The blank's class.</summary>
    public int Blank => _options.Classes - 1;

    /// <summary>Logits [T, B, classes] of frames [T, B, F]; each layer's output is told by name where asked.</summary>
    public Tensor Logits(Tape tape, Tensor frames, Tensor lengths, Action<string, Tensor>? tell = null)
    {
        Tensor x = Frames.Window(tape, frames, _options.Context, _options.Stride);
        tell?.Invoke("window", x);
        for (int i = 0; i < _below.Length; i++)
        {
            x = Elementwise.Dropout(tape, Layer(tape, _below[i], x), _options.Dropout);
            tell?.Invoke($"dense{i + 1}", x);
        }

        Tensor below = x;
        x = _recurrent.Apply(tape, x, lengths);
        tape.RecycleIfInference(below);
        tell?.Invoke("recurrent", x);
        x = Layer(tape, _above, x);
        tell?.Invoke("dense5", x);
        x = Layer(tape, _classes, x);
        tell?.Invoke("classes", x);
        return x;
    }

    /// <summary>Forward and backward pass of a batch; the losses.</summary>
    public Tensor Losses(Tape tape, DeviceBatch batch)
    {
        Tensor logits = Logits(tape, batch.Tensors[0], batch.Tensors[1]);
        return CtcLoss.Apply(tape, logits, batch.Tensors[1], batch.Tensors[2], batch.Tensors[3], Blank, 1f / (batch.Tensors[3].Shape[0] - 1));
    }

    private static Tensor Layer(Tape tape, Dense layer, Tensor x)
    {
        Tensor y = layer.Apply(tape, x);
        tape.RecycleIfInference(x);
        return y;
    }
}
