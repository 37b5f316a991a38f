using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Layers;

/// <summary>
/// The state that a one-directional recurrent layer carries from one window of a long sequence to the next, kept on the device: truncated
/// back-propagation through time (Williams and Peng 1990) runs each window from the state in which the one before ended, and no gradient flows back
/// across the cut. For one thread.
/// </summary>
public sealed class RecurrentCarry : IDisposable
{
    private readonly Device _device;
    private readonly RecurrentState[][] _states;
    private int _current;

    /// <summary>A carried state of zeros.</summary>
    /// <param name="device">Where the layer runs.</param>
    /// <param name="cell">The layer's cell.</param>
    /// <param name="batch">B, sequences side by side.</param>
    /// <param name="hidden">H, the layer's units.</param>
    public RecurrentCarry(Device device, CellKind cell, int batch, int hidden)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        Shape shape = new(batch, hidden);

        // Two copies in turn: the backward pass still reads the state that the window began in.
        _states = [[Make(cell, shape)], [Make(cell, shape)]];
        Reset();
    }

    /// <summary>The state to start the next window from: the <c>initial</c> of <see cref="Recurrent.Run"/>. Valid until the second <see cref="Keep"/> from now.</summary>
    public IReadOnlyList<RecurrentState> Current => _states[_current];

    /// <summary>Goes back to zeros: the text does not go on.</summary>
    public void Reset()
    {
        _device.Fill(Current[0].Hidden, 0);
        if (Current[0].Cell is { } cell)
            _device.Fill(cell, 0);
    }

    /// <summary>Takes over the state in which a window ended; before the tape is reset, before or after its backward pass. Nothing leaves the device.</summary>
    /// <param name="result">What <see cref="Recurrent.Run"/> gave for a layer that runs forwards.</param>
    /// <exception cref="ArgumentException">The result is of another batch or layer.</exception>
    public void Keep(RecurrentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        RecurrentState next = _states[1 - _current][0];
        Tensor output = result.Outputs[0];
        Shape shape = next.Hidden.Shape;
        if (result.Outputs.Count != 1 || output.Shape.Rank != 3 || new Shape(output.Shape[1], output.Shape[2]) != shape || result.FinalCells.Count != (next.Cell is null ? 0 : 1))
            throw new ArgumentException($"A state {shape} cannot be carried on from a layer with output {output.Shape}: it is of another batch, cell or direction.", nameof(result));
        _device.CopyColumns(output.View(shape, (output.Shape[0] - 1) * shape.Count), 0, next.Hidden, 0, shape.Columns, false);
        if (next.Cell is not null)
            _device.CopyColumns(result.FinalCells[0], 0, next.Cell, 0, shape.Columns, false);
        _current = 1 - _current;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (RecurrentState[] states in _states)
        {
            _device.Release(states[0].Hidden);
            if (states[0].Cell is { } cell)
                _device.Release(cell);
        }
    }

    private RecurrentState Make(CellKind cell, Shape shape) =>
        new(_device.Allocate(ElementType.Float32, shape), cell.HasCellState() ? _device.Allocate(ElementType.Float32, shape) : null);
}
