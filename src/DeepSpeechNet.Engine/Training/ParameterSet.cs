using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Training;

/// <summary>
/// The parameters of a model. Layers add theirs by name; <see cref="Allocate"/> then lays all trained ones in one flat buffer, in the order
/// they were added, with their gradients in another: clipping, a fused optimiser and a reduction over several machines each see one array. Tables
/// trained by rows lie apart, and their gradients are rows with indices.
/// </summary>
public sealed class ParameterSet
{
    private const int Alignment = 16;
    private readonly List<Parameter> _parameters = [];
    private readonly List<RowGradient> _rowGradients = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>All parameters in the order they were added.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>How many numbers are trained.</summary>
    public long TrainedCount => _parameters.Where(p => p.Trained).Sum(p => p.Shape.Count);

    /// <summary>All trained numbers but those of tables trained by rows, each parameter padded with zeros to a multiple of 16; none before <see cref="Allocate"/>.</summary>
    public Tensor? Values { get; private set; }

    /// <summary>Their gradients in the same places; none where they were allocated for inference.</summary>
    public Tensor? Gradients { get; private set; }

    /// <summary>Adds a trained parameter.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the set is already on a device.</exception>
    public Parameter Add(string name, Shape shape, Initialiser initialiser) => Add(new Parameter(name, shape, initialiser, trained: true));

    /// <summary>Adds a table [rows, features] that is trained by rows, since a step touches few of them: embeddings, outputs of large vocabularies.</summary>
    /// <exception cref="ArgumentException">The name is taken, the shape is no matrix, or the set is already on a device.</exception>
    public Parameter AddTable(string name, Shape shape, Initialiser initialiser)
    {
        if (shape.Rank != 2)
            throw new ArgumentException($"Parameter {name} of shape {shape} cannot be trained by rows: a table has rows and features.", nameof(shape));
        return Add(new Parameter(name, shape, initialiser, trained: true, rowSparse: true));
    }

    /// <summary>Adds a parameter that no optimiser changes: running statistics.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the set is already on a device.</exception>
    public Parameter AddState(string name, Shape shape, Initialiser initialiser) => Add(new Parameter(name, shape, initialiser, trained: false));

    /// <summary>Gives every parameter its memory and its start.</summary>
    /// <param name="device">Where they are to lie.</param>
    /// <param name="seed">Chooses the random starts; none leaves all zero, for parameters that are set from a file next.</param>
    /// <param name="training">Whether gradients are needed.</param>
    public void Allocate(Device device, ulong? seed, bool training)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (Values is not null)
            throw new InvalidOperationException("The parameters lie on a device already.");
        long flat = 0;
        foreach (Parameter parameter in _parameters)
            flat += Flat(parameter) ? Padded(parameter) : 0;
        Shape shape = new(checked((int)Math.Max(flat, Alignment)));
        Values = device.Allocate(ElementType.Float32, shape);
        device.Fill(Values, 0);
        if (training)
        {
            Gradients = device.Allocate(ElementType.Float32, shape);
            device.Fill(Gradients, 0);
        }

        long offset = 0;
        for (int i = 0; i < _parameters.Count; i++)
        {
            Parameter parameter = _parameters[i];
            Tensor value;
            if (Flat(parameter))
            {
                value = Values.View(parameter.Shape, offset);
                value.RequiresGradient = true;
                value.Gradient = Gradients?.View(parameter.Shape, offset);
                offset += Padded(parameter);
            }
            else
            {
                value = device.Allocate(ElementType.Float32, parameter.Shape);
                value.RequiresGradient = parameter.Trained;
                value.RowSparse = parameter.RowSparse && training;
            }

            value.IsParameter = true;
            parameter.Value = value;
            if (seed is not { } chosen)
            {
                device.Fill(value, 0);
                continue;
            }

            float[] start = new float[parameter.Shape.Count];
            parameter.Initialiser.Fill(start, parameter.Shape, CounterRandom.Fork(chosen, (ulong)i));
            Set(parameter, start);
        }
    }

    /// <summary>Sets a parameter from the host.</summary>
    /// <exception cref="ArgumentException">The count differs.</exception>
    public static void Set(Parameter parameter, ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        parameter.Value.Device.Upload(MemoryMarshal.AsBytes(values), parameter.Value);
    }

    /// <summary>Copies a parameter to the host.</summary>
    public static float[] Get(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        float[] values = new float[parameter.Shape.Count];
        parameter.Value.Device.Download(parameter.Value, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>
    /// Completes the gradients after <see cref="Tape.Backward"/>: zeros for the parameters that the pass did not reach, and the rows of each table trained
    /// so added up in <see cref="Parameter.RowGradient"/>.
    /// </summary>
    public void ZeroUnreachedGradients(Tape tape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        _rowGradients.Clear();
        foreach (Parameter parameter in _parameters)
        {
            if (parameter.RowSparse)
            {
                parameter.RowGradient = tape.CollectRows(parameter.Value);
                if (parameter.RowGradient is { } rows)
                    _rowGradients.Add(rows);
            }
            else if (parameter.Trained && !tape.HasGradient(parameter.Value) && parameter.Value.Gradient is { } gradient)
            {
                tape.Device.Fill(gradient, 0);
            }
        }
    }

    /// <summary>The norm of all gradients, rows included, and the factor that clips them: <see cref="Device.GradientNorm(Tensor, ReadOnlySpan{RowGradient}, float, Tensor)"/>.</summary>
    /// <param name="maximumNorm">0 for none.</param>
    /// <param name="state">The step's scalars, see <see cref="StepState"/>.</param>
    /// <exception cref="InvalidOperationException">The set has no gradients.</exception>
    public void GradientNorm(float maximumNorm, Tensor state)
    {
        Tensor gradients = Gradients ?? throw new InvalidOperationException("The parameters have no gradients: allocate them with training = true first.");
        gradients.Device.GradientNorm(gradients, CollectionsMarshal.AsSpan(_rowGradients), maximumNorm, state);
    }

    private static bool Flat(Parameter parameter) => parameter.Trained && !parameter.RowSparse;

    private static long Padded(Parameter parameter) => (parameter.Shape.Count + Alignment - 1) / Alignment * Alignment;

    private Parameter Add(Parameter parameter)
    {
        if (Values is not null)
            throw new ArgumentException($"Parameter {parameter.Name} comes too late: the set lies on a device already.");
        if (!_names.Add(parameter.Name))
            throw new ArgumentException($"There are two parameters called {parameter.Name}.");
        _parameters.Add(parameter);
        return parameter;
    }
}
