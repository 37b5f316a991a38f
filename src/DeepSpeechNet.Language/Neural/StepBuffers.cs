using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>The device memory in which up to a number of states advance by one symbol, and views of it for every number of states.</summary>
internal sealed class StepBuffers : IDisposable
{
    private readonly Device _device;
    private readonly List<Tensor> _allocated = [];
    private readonly StepView?[] _views;
    private readonly NeuralLanguageModel _model;
    private readonly Tensor _indices;
    private readonly Tensor? _input;
    private readonly Tensor[] _gates;
    private readonly Tensor[] _hiddenBefore;
    private readonly Tensor[] _cellBefore;
    private readonly Tensor[] _hidden;
    private readonly Tensor[] _cell;
    private readonly Tensor _lengths;
    private readonly Tensor? _projected;
    private readonly Tensor _logits;

    public StepBuffers(NeuralLanguageModel model, int rows)
    {
        NeuralLanguageModelOptions options = model.Options;
        _model = model;
        _device = model.Device;
        _views = new StepView?[rows + 1];
        int layers = options.Layers, hidden = options.Hidden;
        Tensor[] Each(int columns, bool wanted) => wanted ? [.. Enumerable.Range(0, layers).Select(_ => Floats(rows, columns))] : [];
        bool recurrent = options.Network == LanguageNetwork.Recurrent;
        _input = options.OneHot ? null : Floats(rows, options.InputFeatures);
        _gates = Each(options.Gates * hidden, recurrent);
        _hiddenBefore = Each(hidden, recurrent);
        _cellBefore = Each(hidden, options.HasCellState);
        _hidden = Each(hidden, true);
        _cell = Each(hidden, options.HasCellState);
        _projected = options.Projected ? Floats(rows, options.Embedding) : null;
        _logits = Floats(rows, model.TokenCount);
        _lengths = Integers(rows);
        _indices = Integers(rows * (options.OneHot ? 1 : options.Context));
        int[] ones = new int[rows];
        Array.Fill(ones, 1);
        _device.Upload(MemoryMarshal.AsBytes(ones.AsSpan()), _lengths);
        MaximumRows = rows;
    }

    public int MaximumRows { get; }

    /// <summary>The views for a number of states; made once.</summary>
    public StepView Of(int rows) => _views[rows] ??= Create(rows);

    public void Dispose()
    {
        foreach (Tensor tensor in _allocated)
            _device.Release(tensor);
        _allocated.Clear();
    }

    private StepView Create(int rows)
    {
        Tensor[] Cut(Tensor[] tensors) => Array.ConvertAll(tensors, t => t.View(new Shape(rows, t.Shape.Columns)));
        Tensor[] hidden = Cut(_hidden), gates = Cut(_gates), hiddenBefore = Cut(_hiddenBefore), cellBefore = Cut(_cellBefore), cell = Cut(_cell);
        RecurrentDirection[] directions = new RecurrentDirection[gates.Length];
        Tensor Step(Tensor tensor) => tensor.View(new Shape(1, rows, tensor.Shape.Columns));
        for (int i = 0; i < directions.Length; i++)
        {
            NeuralLayer layer = _model.Layers[i];
            directions[i] = new RecurrentDirection
            {
                Reverse = false,
                Gates = Step(gates[i]),
                Weight = layer.Weight!.Value,
                Bias = layer.Bias?.Value,
                Peephole = layer.Peephole?.Value,
                InitialHidden = hiddenBefore[i],
                InitialCell = cell.Length > 0 ? cellBefore[i] : null,
                Hidden = Step(hidden[i]),
                Cell = cell.Length > 0 ? Step(cell[i]) : null,
            };
        }

        int looked = rows * (_model.Options.OneHot ? 1 : _model.Options.Context);
        Tensor? input = _input?.View(new Shape(rows, _input.Shape.Columns));
        return new StepView(
            _indices.View(new Shape(looked)), (input ?? gates[0]).View(new Shape(looked, _model.Embeddings.Shape.Columns)), input, gates, hiddenBefore, cellBefore, hidden, cell,
            _projected?.View(new Shape(rows, _projected.Shape.Columns)), _logits.View(new Shape(rows, _logits.Shape.Columns)), _lengths.View(new Shape(rows)), directions);
    }

    private Tensor Integers(int count)
    {
        Tensor tensor = _device.Allocate(ElementType.Int32, new Shape(count));
        _allocated.Add(tensor);
        return tensor;
    }

    private Tensor Floats(int rows, int columns)
    {
        Tensor tensor = _device.Allocate(ElementType.Float32, new Shape(rows, columns));
        _allocated.Add(tensor);
        return tensor;
    }
}

/// <summary>Views of the memory for n states; arrays hold one a layer, and are empty where the network has no such thing.</summary>
/// <param name="Indices">[n], or [n * k] where the network sees k symbols: the rows of the input table that are looked up.</param>
/// <param name="Looked">Where they go: one row of the table each.</param>
/// <param name="Input">[n, features], or none with one-hot input.</param>
/// <param name="Gates">[n, G*H].</param>
/// <param name="HiddenBefore">[n, H].</param>
/// <param name="CellBefore">[n, H].</param>
/// <param name="Hidden">[n, H].</param>
/// <param name="Cell">[n, H].</param>
/// <param name="Projected">[n, E], where the outputs are mapped to the width of the embeddings.</param>
/// <param name="Logits">[n, V].</param>
/// <param name="Lengths">[n], all 1.</param>
/// <param name="Directions">The recurrence of each layer over these.</param>
internal sealed record StepView(
    Tensor Indices, Tensor Looked, Tensor? Input, Tensor[] Gates, Tensor[] HiddenBefore, Tensor[] CellBefore, Tensor[] Hidden, Tensor[] Cell, Tensor? Projected, Tensor Logits, Tensor Lengths, RecurrentDirection[] Directions);
