using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Training;

/// <summary>
/// Changes the parameters of a model by their gradients, all in one pass on the device, and of tables trained by rows those rows that have one (lazily: the
/// moments and the decay of the others stand still); the rules are those of <see cref="OptimiserKind"/>. It owns
/// the moments, which live as long as the device. After each <see cref="Step"/> the caller downloads the step's state and says by <see cref="Confirm"/>
/// whether the step counted. For one thread.
/// </summary>
public sealed class Optimiser
{
    private readonly Device _device;
    private readonly ParameterSet _parameters;
    private readonly OptimiserStep _rule;
    private readonly Tensor? _first;
    private readonly Tensor? _second;
    private readonly List<(Parameter Table, Tensor? First, Tensor? Second)> _tables = [];
    private bool _unconfirmed;

    private Optimiser(Device device, ParameterSet parameters, OptimiserStep rule)
    {
        _device = device;
        _parameters = parameters;
        _rule = rule;
        Shape shape = parameters.Values!.Shape;
        bool first = rule.Kind != OptimiserKind.Sgd || rule.Momentum != 0, second = rule.Kind == OptimiserKind.Adam;
        _first = first ? Zeros(shape) : null;
        _second = second ? Zeros(shape) : null;
        foreach (Parameter parameter in parameters.Parameters)
        {
            if (parameter.RowSparse)
                _tables.Add((parameter, first ? Zeros(parameter.Shape) : null, second ? Zeros(parameter.Shape) : null));
        }
    }

    /// <summary>How many steps counted so far.</summary>
    public int StepCount { get; private set; }

    /// <summary>An optimiser with zero moments.</summary>
    /// <param name="device">The device that holds the parameters.</param>
    /// <param name="parameters">The model's parameters, allocated for training.</param>
    /// <param name="options">The rule and its settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the parameters have no gradients.</exception>
    public static Optimiser Create(Device device, ParameterSet parameters, OptimiserOptions options)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (parameters.Gradients is null)
            throw new ArgumentException("The parameters have no gradients: allocate them with training = true first.", nameof(parameters));
        return new Optimiser(device, parameters, options switch
        {
            SgdOptions sgd => new OptimiserStep
            {
                Kind = sgd.Nesterov ? OptimiserKind.Nesterov : OptimiserKind.Sgd,
                LearningRate = 0,
                Momentum = sgd.Momentum,
                WeightDecay = sgd.WeightDecay,
            },
            AdamOptions adam => new OptimiserStep
            {
                Kind = OptimiserKind.Adam,
                LearningRate = 0,
                Momentum = adam.FirstMomentum,
                SecondMomentum = adam.SecondMomentum,
                Epsilon = adam.Epsilon,
                WeightDecay = adam.WeightDecay,
                Decoupled = adam.Decoupled,
            },
            _ => throw new ArgumentException($"There is no optimiser for {options.GetType().Name}.", nameof(options)),
        });
    }

    /// <summary>
    /// One step with the gradients there are, multiplied by the state's clip factor (so <see cref="ParameterSet.GradientNorm"/> comes first); changes nothing where
    /// the state says to skip. Waits for nothing.
    /// </summary>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="state">The step's scalars, see <see cref="StepState"/>.</param>
    /// <exception cref="InvalidOperationException">The step before was not confirmed.</exception>
    public void Step(float learningRate, Tensor state)
    {
        if (_unconfirmed)
            throw new InvalidOperationException($"The step before was not confirmed: call {nameof(Confirm)} with what its state says before the next step.");
        _unconfirmed = true;
        OptimiserStep step = _rule with { LearningRate = learningRate, StepNumber = StepCount + 1 };
        _device.Optimise(step, _parameters.Values!, _parameters.Gradients!, _first, _second, state);
        foreach ((Parameter table, Tensor? first, Tensor? second) in _tables)
        {
            if (table.RowGradient is { } gradient)
                _device.OptimiseRows(step, table.Value, gradient, first, second, state);
        }
    }

    /// <summary>Says whether the last step was skipped (<see cref="StepState.Skipped"/>); only one that was not counts.</summary>
    /// <exception cref="InvalidOperationException">There was no step.</exception>
    public void Confirm(bool skipped)
    {
        if (!_unconfirmed)
            throw new InvalidOperationException("There is no step to confirm.");
        _unconfirmed = false;
        if (!skipped)
            StepCount++;
    }

    /// <summary>The moments of every trained parameter, named <c>first.PARAMETER</c> and <c>second.PARAMETER</c>; with <see cref="StepCount"/> the whole state.</summary>
    public IEnumerable<(string Name, float[] Values)> Export()
    {
        foreach ((string name, Tensor moment) in Moments())
        {
            float[] values = new float[moment.Count];
            _device.Download(moment, MemoryMarshal.AsBytes(values.AsSpan()));
            yield return (name, values);
        }
    }

    /// <summary>Takes up the state that <see cref="Export"/> gave.</summary>
    /// <param name="stepCount">The count of that moment.</param>
    /// <param name="find">Finds the numbers of a name.</param>
    /// <exception cref="ArgumentException">The count is negative, or a moment has another number of elements.</exception>
    public void Import(int stepCount, Func<string, float[]> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        ArgumentOutOfRangeException.ThrowIfNegative(stepCount);
        foreach ((string name, Tensor moment) in Moments())
        {
            float[] values = find(name);
            if (values.Length != moment.Count)
                throw new ArgumentException($"The moment {name} has {values.Length} numbers where the model needs {moment.Count}: it belongs to another model.", nameof(find));
            _device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), moment);
        }

        StepCount = stepCount;
        _unconfirmed = false;
    }

    private IEnumerable<(string Name, Tensor Moment)> Moments()
    {
        foreach (Parameter parameter in _parameters.Parameters)
        {
            if (!parameter.Trained)
                continue;
            if (parameter.RowSparse)
            {
                (_, Tensor? first, Tensor? second) = _tables.Find(t => ReferenceEquals(t.Table, parameter));
                if (first is not null)
                    yield return ($"first.{parameter.Name}", first);
                if (second is not null)
                    yield return ($"second.{parameter.Name}", second);
                continue;
            }

            long offset = (parameter.Value.ByteOffset - _parameters.Values!.ByteOffset) / sizeof(float);
            if (_first is not null)
                yield return ($"first.{parameter.Name}", _first.View(parameter.Shape, offset));
            if (_second is not null)
                yield return ($"second.{parameter.Name}", _second.View(parameter.Shape, offset));
        }
    }

    private Tensor Zeros(Shape shape)
    {
        Tensor tensor = _device.Allocate(ElementType.Float32, shape);
        _device.Fill(tensor, 0);
        return tensor;
    }
}
