using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing.Reference;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

/// <summary>
/// A random direction of a recurrent layer, as arrays that the reference and a device both read: inputs, parameters, initial states and
/// the gradients that come from above.
/// </summary>
internal sealed class RecurrenceCase
{
    public RecurrenceCase(CellKind cell, int time, int batch, int hidden, bool reverse, int seed, bool ragged = true)
    {
        Kind = cell;
        Time = time;
        Batch = batch;
        Hidden = hidden;
        Reverse = reverse;
        Random random = new(seed);
        Lengths = new int[batch];
        for (int b = 0; b < batch; b++)
            Lengths[b] = ragged ? 1 + random.Next(time) : time;
        Lengths[random.Next(batch)] = time;
        Reference = new ReferenceRecurrence(cell, time, batch, hidden, Lengths, reverse);
        double spread = 1.5 / Math.Sqrt(hidden);

        // Wide enough for the clipped ReLU to meet both its ends.
        Fill(random, Reference.X, cell == CellKind.ClippedRelu ? 25 : 1.5);
        Fill(random, Reference.U, spread);
        Fill(random, Reference.Bias, 0.5);
        Fill(random, Reference.Peephole, cell == CellKind.LstmPeephole ? 1 : spread);
        Fill(random, Reference.H0, 1);
        Fill(random, Reference.C0, 1);
        Fill(random, HiddenGradient = new double[Reference.H.Length], 1);
        Fill(random, FinalCellGradient = new double[Reference.C0.Length], 1);
    }

    public CellKind Kind { get; }

    public int Time { get; }

    public int Batch { get; }

    public int Hidden { get; }

    public bool Reverse { get; }

    public int[] Lengths { get; }

    public ReferenceRecurrence Reference { get; }

    public double[] HiddenGradient { get; }

    public double[] FinalCellGradient { get; }

    /// <summary>The scalar whose gradients are checked: the sum of the outputs, each times its gradient from above.</summary>
    public double Loss()
    {
        Reference.Run();
        double loss = 0;
        for (int i = 0; i < HiddenGradient.Length; i++)
            loss += Reference.H[i] * HiddenGradient[i];
        for (int i = 0; i < FinalCellGradient.Length; i++)
            loss += Reference.FinalCell[i] * FinalCellGradient[i];
        return loss;
    }

    /// <summary>d loss / d values[index] by central differences.</summary>
    public double Difference(double[] values, int index)
    {
        const double step = 1e-5;
        double value = values[index];
        values[index] = value + step;
        double above = Loss();
        values[index] = value - step;
        double below = Loss();
        values[index] = value;
        return (above - below) / (2 * step);
    }

    /// <summary>The tensors of this case on a device; outputs hold NaN at first, so that what is not written shows.</summary>
    public RecurrentDirection On(Device device, bool initial = true, bool gradients = false, bool accumulate = false)
    {
        Shape hidden = new(Time, Batch, Hidden), state = new(Batch, Hidden);
        int g = Kind.Gates() * Hidden;
        bool cell = Kind.HasCellState(), kept = Kind is CellKind.GruResetAfter or CellKind.GruResetBefore;
        Shape? bias = Reference.Bias.Length > 0 ? new Shape(g) : null;
        Shape? peephole = Kind == CellKind.LstmPeephole ? new Shape(3, Hidden) : Kind == CellKind.LstmFullPeephole ? new Shape(3 * Hidden, Hidden) : null;
        Tensor? Gradient(Shape? shape) => gradients && shape is { } s ? Constant(device, s, accumulate ? 0.5f : float.NaN) : null;
        return new RecurrentDirection
        {
            Reverse = Reverse,
            Gates = Upload(device, hidden.WithColumns(g), Reference.X),
            Weight = Upload(device, new Shape(g, Hidden), Reference.U),
            Bias = bias is { } biasShape ? Upload(device, biasShape, Reference.Bias) : null,
            Peephole = peephole is { } peepholeShape ? Upload(device, peepholeShape, Reference.Peephole) : null,
            InitialHidden = initial ? Upload(device, state, Reference.H0) : null,
            InitialCell = initial && cell ? Upload(device, state, Reference.C0) : null,
            Hidden = Constant(device, hidden, float.NaN),
            Cell = cell ? Constant(device, hidden, float.NaN) : null,
            Kept = kept ? Constant(device, hidden, float.NaN) : null,
            HiddenGradient = gradients ? Upload(device, hidden, HiddenGradient) : null,
            FinalCellGradient = gradients && cell ? Upload(device, state, FinalCellGradient) : null,
            WeightGradient = Gradient(new Shape(g, Hidden)),
            BiasGradient = Gradient(bias),
            PeepholeGradient = Gradient(peephole),
            Accumulate = accumulate,
            InitialHiddenGradient = initial ? Gradient(state) : null,
            InitialCellGradient = initial && cell ? Gradient(state) : null,
        };
    }

    public Tensor LengthsOn(Device device)
    {
        Tensor tensor = device.Allocate(ElementType.Int32, new Shape(Batch));
        device.Upload(MemoryMarshal.AsBytes(Lengths.AsSpan()), tensor);
        return tensor;
    }

    public static Tensor Upload(Device device, Shape shape, double[] values) => Upload(device, shape, Array.ConvertAll(values, v => (float)v));

    public static Tensor Upload(Device device, Shape shape, float[] values)
    {
        Tensor tensor = device.Allocate(ElementType.Float32, shape);
        device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return tensor;
    }

    public static float[] Download(Tensor? tensor)
    {
        if (tensor is null)
            return [];
        float[] values = new float[tensor.Count];
        tensor.Device.Download(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static Tensor Constant(Device device, Shape shape, float value)
    {
        float[] values = new float[shape.Count];
        Array.Fill(values, value);
        return Upload(device, shape, values);
    }

    /// <summary>Uniform numbers that a float holds exactly, so that the device and the reference start from the same ones.</summary>
    private static void Fill(Random random, double[] values, double spread)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(spread * ((2 * random.NextDouble()) - 1));
    }
}
