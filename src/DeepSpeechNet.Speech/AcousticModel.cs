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
    private readonly Dense? _phoneJoint;
    private readonly Dense? _phoneOutput;

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
        if (options.Phones > 0)
        {
            _phoneJoint = new Dense(Parameters, "acoustic.phones.joint", width, options.Hidden, Activation.ClippedRelu);
            _phoneOutput = new Dense(Parameters, "acoustic.phones.output", options.Hidden, options.Phones + 1, Activation.None);
        }

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
    public Tensor Logits(Tape tape, Tensor frames, Tensor outputLengths) => Logits(tape, frames, outputLengths, withPhones: false, out _);

    /// <summary>Scores of the letters and of the phones before the softmax.</summary>
    /// <param name="tape">As for <see cref="Logits(Tape, Tensor, Tensor)"/>.</param>
    /// <param name="frames">[T, B, F], zeros in padded frames.</param>
    /// <param name="outputLengths">[B], int32: <see cref="OutputFrames"/> of each utterance's length.</param>
    /// <param name="phones">[<see cref="OutputFrames"/>(T), B, P + 1]: the scores of the phones, the blank last; null for a network without phones.</param>
    /// <returns>[<see cref="OutputFrames"/>(T), B, A].</returns>
    /// <exception cref="ArgumentException">The frames have another number of features.</exception>
    public Tensor Logits(Tape tape, Tensor frames, Tensor outputLengths, out Tensor? phones) => Logits(tape, frames, outputLengths, withPhones: true, out phones);

    private Tensor Logits(Tape tape, Tensor frames, Tensor outputLengths, bool withPhones, out Tensor? phones)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Shape.Rank != 3 || frames.Shape.Columns != Features)
            throw new ArgumentException($"The network takes frames [time, batch, {Features}], not {frames.Shape}.", nameof(frames));

        Tensor x = Frames.Window(tape, frames, Options.Context, Options.Stride);
        foreach (Dense layer in _dense)
            x = Replace(tape, x, Elementwise.Dropout(tape, layer.Apply(tape, x), Options.Dropout));
        for (int i = 0; i < _recurrent.Count; i++)
            x = Replace(tape, x, Joined(tape, i, x, _recurrent[i].Apply(tape, x, outputLengths)));
        phones = withPhones && _phoneJoint is not null ? Phones(tape, x) : null;
        x = Replace(tape, x, Elementwise.Dropout(tape, _joint.Apply(tape, x), Options.Dropout));
        return Replace(tape, x, _output.Apply(tape, x));
    }

    private Tensor Phones(Tape tape, Tensor x)
    {
        Tensor joint = Elementwise.Dropout(tape, _phoneJoint!.Apply(tape, x), Options.Dropout);
        return Replace(tape, joint, _phoneOutput!.Apply(tape, joint));
    }

    /// <summary>
    /// Scores of the letters for a piece of an utterance that is still going on: the forward recurrences start where an earlier piece ended, the backward ones
    /// at the end of the piece, so its last frames have seen less of what comes than <see cref="Logits(Tape, Tensor, Tensor)"/> would show them.
    /// </summary>
    /// <param name="tape">Not recording.</param>
    /// <param name="frames">[T, B, F]: before the piece, <see cref="LeadFrames"/> frames that came earlier (zeros before the utterance); zeros in padded frames.</param>
    /// <param name="outputLengths">[B], int32: output frames of each utterance's piece.</param>
    /// <param name="initial">For each recurrent layer the forward state that the piece starts from, [B, H].</param>
    /// <param name="carried">How many output frames of the piece are done with, the same for all utterances.</param>
    /// <param name="next">For each recurrent layer the forward state behind those; empty where there are none.</param>
    /// <returns>[output frames of the longest piece, B, A].</returns>
    /// <exception cref="ArgumentException">The frames have another number of features, or a state is missing.</exception>
    internal Tensor ChunkLogits(Tape tape, Tensor frames, Tensor outputLengths, IReadOnlyList<RecurrentState> initial, int carried, out IReadOnlyList<RecurrentState> next)
    {
        if (frames.Shape.Rank != 3 || frames.Shape.Columns != Features)
            throw new ArgumentException($"The network takes frames [time, batch, {Features}], not {frames.Shape}.", nameof(frames));
        if (initial.Count != _recurrent.Count)
            throw new ArgumentException($"The network has {_recurrent.Count} recurrent layers; {initial.Count} states were given.", nameof(initial));
        Tensor window = Frames.Window(tape, frames, Options.Context, Options.Stride);
        Shape all = window.Shape;
        int lead = LeadFrames / Options.Stride;
        Tensor x = window.View(new Shape(all[0] - lead, all[1], all[2]), (long)lead * all[1] * all[2]);
        foreach (Dense layer in _dense)
            x = Replace(tape, x, layer.Apply(tape, x));
        List<RecurrentState> states = [];
        for (int i = 0; i < _recurrent.Count; i++)
        {
            x = Joined(tape, i, x, _recurrent[i].RunChunk(tape, x, outputLengths, initial[i], carried, out RecurrentState? state));
            if (state is not null)
                states.Add(state);
        }

        next = states;
        return _output.Apply(tape, _joint.Apply(tape, x));
    }

    /// <summary>
    /// Takes the weights of a network that has the same shape, or fewer recurrent layers: this one's layers beyond its must be residual ones and begin with input weights
    /// of zero. Their states then stay zero, so they pass their input on, and this network computes what the other does. (Clipped ReLUs would never leave zero: layers of those cannot be added.)
    /// Stride and dropout, which have no part in the weights' shapes, may differ, and so may the phones: those that the source lacks stay as they began.
    /// </summary>
    /// <param name="source">The network; it is only read.</param>
    /// <returns>Whether the shapes fit; if not, nothing was changed.</returns>
    public bool TryStartFrom(AcousticModel source)
    {
        ArgumentNullException.ThrowIfNull(source);
        int added = Options.RecurrentLayers - source.Options.RecurrentLayers;
        AcousticModelOptions fitting = source.Options with
        {
            Dropout = Options.Dropout,
            Stride = Options.Stride,
            RecurrentLayers = Options.RecurrentLayers,
            ResidualLayers = Options.ResidualLayers,
            Phones = Options.Phones,
        };
        if (fitting != Options || (added > 0 && Options.Cell == CellKind.ClippedRelu) || Features != source.Features || Classes != source.Classes || added < 0 || Options.ResidualLayers != source.Options.ResidualLayers + added)
            return false;
        Dictionary<string, Parameter> old = source.Parameters.Parameters.ToDictionary(p => p.Name);
        foreach (Parameter parameter in Parameters.Parameters)
        {
            if (old.TryGetValue(parameter.Name, out Parameter? from) && from.Shape.Equals(parameter.Shape))
                ParameterSet.Set(parameter, ParameterSet.Get(from));
            else if (parameter.Name.EndsWith(".input.weight", StringComparison.Ordinal))
                ParameterSet.Set(parameter, new float[parameter.Shape.Count]);
        }

        return true;
    }

    /// <summary>How many frames before a piece <see cref="ChunkLogits"/> looks at: enough for the context window of its first frame, in whole strides.</summary>
    internal int LeadFrames => Frames.Strided(Options.Context, Options.Stride) * Options.Stride;

    /// <summary>The units of each recurrent layer's direction.</summary>
    internal int RecurrentUnits => Options.RecurrentHidden == 0 ? Options.Hidden : Options.RecurrentHidden;

    /// <summary>What a recurrent layer passes on: its output, with its input added to it in the last <see cref="AcousticModelOptions.ResidualLayers"/>.</summary>
    private Tensor Joined(Tape tape, int layer, Tensor input, Tensor output)
    {
        if (layer < _recurrent.Count - Options.ResidualLayers)
            return output;
        return Replace(tape, output, Elementwise.Add(tape, input, output));
    }

    private static Tensor Replace(Tape tape, Tensor old, Tensor next)
    {
        if (!ReferenceEquals(old, next))
            tape.RecycleIfInference(old);
        return next;
    }
}
