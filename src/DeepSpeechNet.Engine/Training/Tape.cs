using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Training;

/// <summary>
/// Remembers the operations of a forward pass, each with its backward step, and plays them back in reverse (reverse-mode automatic
/// differentiation; Linnainmaa 1970). Operations are coarse: a recurrent layer over all time steps is one entry. The tape also owns the
/// memory of everything computed on it until <see cref="Reset"/>. One that does not record serves inference. For one thread.
/// </summary>
public sealed class Tape
{
    private readonly List<(Tensor[] Outputs, Action Backward)> _entries = [];
    private readonly List<Tensor> _owned = [];
    private readonly List<(Tensor Table, RowGradient Part, bool Distinct)> _rows = [];
    private object _pass = new();
    private ulong _draws;

    /// <summary>A tape on <paramref name="device"/>.</summary>
    /// <param name="device">Where everything is computed.</param>
    /// <param name="recording">Whether a backward pass will follow.</param>
    public Tape(Device device, bool recording)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        Recording = recording;
    }

    /// <summary>Where everything is computed.</summary>
    public Device Device { get; }

    /// <summary>Whether a backward pass will follow: operations keep what it needs, dropout drops, batch normalisation uses the batch.</summary>
    public bool Recording { get; }

    /// <summary>The seed of the step's random draws (dropout); set it before each step so that a resumed run draws the same.</summary>
    public ulong Seed { get; set; }

    /// <summary>The seed of the next random draw of this step.</summary>
    public ulong NextSeed() => CounterRandom.Fork(Seed, _draws++);

    /// <summary>Memory that lives until <see cref="Reset"/> (or <see cref="Recycle"/>).</summary>
    public Tensor Allocate(Shape shape, ElementType type = ElementType.Float32)
    {
        Tensor tensor = Device.Allocate(type, shape);
        tensor.OwnedByTape = true;
        _owned.Add(tensor);
        return tensor;
    }

    /// <summary>Memory for the result of an operation: it requires a gradient where the tape records and one of the inputs does.</summary>
    public Tensor AllocateResult(Shape shape, params ReadOnlySpan<Tensor?> inputs)
    {
        Tensor tensor = Allocate(shape);
        if (Recording)
        {
            foreach (Tensor? input in inputs)
                tensor.RequiresGradient |= input is { RequiresGradient: true };
        }

        return tensor;
    }

    /// <summary>Adds an operation's backward step; does nothing where the output requires no gradient.</summary>
    /// <param name="output">What the operation computed.</param>
    /// <param name="backward">Reads the output's gradient and writes the inputs' through <see cref="GradientFor"/>.</param>
    public void Record(Tensor output, Action backward)
    {
        ArgumentNullException.ThrowIfNull(output);
        Record([output], backward);
    }

    /// <summary>Adds the backward step of an operation with several results; it runs where a gradient has reached any of them.</summary>
    /// <param name="outputs">What the operation computed.</param>
    /// <param name="backward">Reads the gradients of those that <see cref="HasGradient"/>, and writes the inputs'.</param>
    public void Record(Tensor[] outputs, Action backward)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (Array.Exists(outputs, o => o.RequiresGradient))
            _entries.Add((outputs, backward));
    }

    /// <summary>
    /// Where a backward step puts the gradient of an input. The first to write it in a pass writes it whole; later ones add to it, so that
    /// the gradient of a value used many times is the sum over its uses.
    /// </summary>
    /// <param name="input">An input that requires a gradient.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    public Tensor GradientFor(Tensor input, out bool accumulate)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.RowSparse)
            throw new InvalidOperationException($"The table {input} is trained by rows, but an operation that uses all of it needs its gradient: make the parameter a dense one.");
        accumulate = ReferenceEquals(input.GradientPass, _pass);
        input.GradientPass = _pass;
        return input.Gradient ??= Allocate(input.Shape);
    }

    /// <summary>Hands a gradient that an operation has already computed to an input: taken as it is by the first, added by later ones.</summary>
    /// <param name="input">An input that requires a gradient.</param>
    /// <param name="gradient">Memory of this tape, of the input's shape; the tape's from now on.</param>
    public void GiveGradient(Tensor input, Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(gradient);
        if (!ReferenceEquals(input.GradientPass, _pass) && input.Gradient is null)
        {
            input.Gradient = gradient;
            input.GradientPass = _pass;
        }
        else
        {
            Device.Scale(gradient, 1, GradientFor(input, out bool accumulate), accumulate);
            Recycle(gradient);
        }
    }

    /// <summary>
    /// Hands rows of a table's gradient to it: kept as rows for one that is trained so (<see cref="Tensor.RowSparse"/>), added to the dense gradient of any other.
    /// </summary>
    /// <param name="table">A table that requires a gradient.</param>
    /// <param name="part">The rows, memory of this tape and the tape's from now on; their indices must last until the pass is over.</param>
    /// <param name="distinct">Whether no index comes twice and the negative ones stand at the end.</param>
    public void GiveRows(Tensor table, RowGradient part, bool distinct = false)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(part);
        if (table.RowSparse)
        {
            table.GradientPass = _pass;
            _rows.Add((table, part, distinct));
            return;
        }

        Tensor gradient = GradientFor(table, out bool accumulate);
        if (!accumulate)
            Device.Fill(gradient, 0);
        Device.ScatterAddRows(part.Rows, part.Indices, gradient);
        Recycle(part.Rows);
    }

    /// <summary>Takes the gradient of a result over, for a backward step that hands it on as it is.</summary>
    public Tensor TakeGradient(Tensor output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!HasGradient(output) || output.Gradient is not { } gradient)
            throw new InvalidOperationException($"No gradient has reached {output}.");
        output.Gradient = null;
        return gradient;
    }

    /// <summary>
    /// All rows that were given to a table in this pass, equal indices added up; none where there were none. Valid until <see cref="Reset"/>.
    /// </summary>
    public RowGradient? CollectRows(Tensor table)
    {
        ArgumentNullException.ThrowIfNull(table);
        List<RowGradient> parts = [];
        int count = 0;
        bool distinct = true;
        foreach ((Tensor owner, RowGradient part, bool alone) in _rows)
        {
            if (!ReferenceEquals(owner, table))
                continue;
            parts.Add(part);
            count = checked(count + (int)part.Indices.Count);
            distinct = alone;
        }

        if (parts.Count == 0 || (parts.Count == 1 && distinct))
            return parts.Count == 0 ? null : parts[0];
        RowGradient sum = new(Allocate(new Shape(count), ElementType.Int32), Allocate(new Shape(count, table.Shape.Columns)));
        Device.CoalesceRows(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parts), sum);
        foreach (RowGradient part in parts)
            Recycle(part.Rows);
        return sum;
    }

    /// <summary>Whether this pass has reached the tensor with a gradient.</summary>
    public bool HasGradient(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return ReferenceEquals(tensor.GradientPass, _pass);
    }

    /// <summary>
    /// Runs the backward steps from the last operation to the first. Gradients start from losses (which know their own) and from what
    /// <see cref="GiveGradient"/> gave before. The gradients of intermediate results go back to the pool as soon as they were used.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tape does not record.</exception>
    public void Backward()
    {
        if (!Recording)
            throw new InvalidOperationException("This tape records nothing: make it with recording = true for training.");
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            (Tensor[] outputs, Action backward) = _entries[i];
            if (!Array.Exists(outputs, HasGradient))
                continue;
            backward();
            foreach (Tensor output in outputs)
            {
                if (output.Gradient is { OwnedByTape: true } gradient)
                {
                    Recycle(gradient);
                    output.Gradient = null;
                }
            }
        }
    }

    /// <summary>Gives memory back early: what only the backward pass would have needed when there is none.</summary>
    public void RecycleIfInference(Tensor tensor)
    {
        if (!Recording)
            Recycle(tensor);
    }

    /// <summary>Gives the memory of a tensor of this tape back to the pool; nothing may use it afterwards.</summary>
    public void Recycle(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!tensor.OwnedByTape)
            return;
        tensor.OwnedByTape = false;
        Device.Release(tensor);
    }

    /// <summary>Marks a loss as the start of the backward pass.</summary>
    internal void MarkRoot(Tensor loss) => loss.GradientPass = _pass;

    /// <summary>Forgets the pass and gives all its memory back. Gradients of parameters stay until the next pass writes them.</summary>
    public void Reset()
    {
        foreach (Tensor tensor in _owned)
            Recycle(tensor);
        _owned.Clear();
        _entries.Clear();
        _rows.Clear();
        _pass = new object();
        _draws = 0;
    }
}
