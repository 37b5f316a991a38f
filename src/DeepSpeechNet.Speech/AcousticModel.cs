using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Speech;

/// <summary>
/// The network from spectrogram frames to letters (Hannun et al. 2014, section 2): context window and striding, fully connected clipped-ReLU layers,
/// recurrent layers, one more fully connected layer, and a score for each letter and the blank. Parameter names begin with <c>acoustic.</c>.
/// One thread at a time.
/// </summary>
public sealed class AcousticModel
{
    private readonly List<Dense> _dense = [];
    private readonly List<Recurrent> _recurrent = [];
    private readonly Dense _joint;
    private readonly Dense _output;

    /// <summary>A network with its parameters laid on a device.</summary>
    /// <param name="device">Where it runs.</param>
    /// <param name="options">Its shape.</param>
    /// <param name="features">F: features of an input frame.</param>
    /// <param name="classes">A: letters and blank.</param>
    /// <param name="seed">Chooses the random start; none leaves all parameters zero, to be set from a file.</param>
    /// <param name="training">Whether it will be trained.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public AcousticModel(Device device, AcousticModelOptions options, int features, int classes, ulong? seed, bool training)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        options.Validate();
        Device = device;
        Options = options;
        Features = features;
        Classes = classes;

        int width = features * ((2 * options.Context) + 1);
        for (int i = 0; i < options.DenseLayers; i++)
        {
            _dense.Add(new Dense(Parameters, $"acoustic.dense{i + 1}", width, options.Hidden, Activation.ClippedRelu));
            width = options.Hidden;
        }

        for (int i = 0; i < options.RecurrentLayers; i++)
        {
            Recurrent layer = new(Parameters, $"acoustic.recurrent{i + 1}", new RecurrentOptions
            {
                Inputs = width,
                Hidden = options.RecurrentHidden == 0 ? options.Hidden : options.RecurrentHidden,
                Cell = options.Cell,
                Direction = options.Direction,
                BatchNorm = options.BatchNorm,
            });
            _recurrent.Add(layer);
            width = layer.Outputs;
        }

        _joint = new Dense(Parameters, "acoustic.joint", width, options.Hidden, Activation.ClippedRelu);
        _output = new Dense(Parameters, "acoustic.output", options.Hidden, classes, Activation.None);
        Parameters.Allocate(device, seed, training);
    }

    /// <summary>Where the network runs.</summary>
    public Device Device { get; }

    /// <summary>Its shape.</summary>
    public AcousticModelOptions Options { get; }

    /// <summary>F: features of an input frame.</summary>
    public int Features { get; }

    /// <summary>A: letters and blank.</summary>
    public int Classes { get; }

    /// <summary>All parameters by name.</summary>
    public ParameterSet Parameters { get; } = new();

    /// <summary>How many frames come out of <paramref name="frames"/> frames.</summary>
    public int OutputFrames(int frames) => Frames.Strided(frames, Options.Stride);

    /// <summary>Scores of the letters before the softmax.</summary>
    /// <param name="tape">Recording for training (dropout, batch statistics), not recording for inference.</param>
    /// <param name="frames">[T, B, F], zeros in padded frames.</param>
    /// <param name="outputLengths">[B], int32: <see cref="OutputFrames"/> of each utterance's length.</param>
    /// <returns>[<see cref="OutputFrames"/>(T), B, A].</returns>
    /// <exception cref="ArgumentException">The frames have another number of features.</exception>
    public Tensor Logits(Tape tape, Tensor frames, Tensor outputLengths)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Shape.Rank != 3 || frames.Shape.Columns != Features)
            throw new ArgumentException($"The network takes frames [time, batch, {Features}], not {frames.Shape}.", nameof(frames));

        Tensor x = Frames.Window(tape, frames, Options.Context, Options.Stride);
        foreach (Dense layer in _dense)
            x = Replace(tape, x, Elementwise.Dropout(tape, layer.Apply(tape, x), Options.Dropout));
        foreach (Recurrent layer in _recurrent)
            x = Replace(tape, x, layer.Apply(tape, x, outputLengths));
        x = Replace(tape, x, Elementwise.Dropout(tape, _joint.Apply(tape, x), Options.Dropout));
        return Replace(tape, x, _output.Apply(tape, x));
    }

    private static Tensor Replace(Tape tape, Tensor old, Tensor next)
    {
        if (!ReferenceEquals(old, next))
            tape.RecycleIfInference(old);
        return next;
    }
}
