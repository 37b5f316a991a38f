using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Testing;

/// <summary>An input or parameter of a checked operation: every element's gradient is compared.</summary>
/// <param name="Name">What the message calls it.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Values">Its numbers.</param>
public sealed record CheckedInput(string Name, Shape Shape, float[] Values)
{
    /// <summary>Random numbers in [centre - scale, centre + scale], the same for the same name.</summary>
    public static CheckedInput Random(string name, Shape shape, float scale = 1, float centre = 0)
    {
        int seed = 17;
        foreach (char letter in name)
            seed = (seed * 31) + letter;
        return new CheckedInput(name, shape, RandomNumbers.Floats(seed, shape.Count, scale, centre));
    }
}

/// <summary>A check that failed; the message names the tensor.</summary>
public sealed class CheckFailedException(string message) : Exception(message);

/// <summary>
/// Compares an operation on a device with the same mathematics in double precision: its results with the reference's, and the gradients of a random
/// linear function of its results (the sum of r_i y_i) with central differences of that function over the reference. The operation runs three ways: with all
/// inputs requiring gradients; twice on one tape, so that gradients must add up; and with each input alone requiring one.
/// </summary>
public sealed class GradientCheck
{
    private readonly Device _device;
    private readonly Func<Tape, Tensor[], Tensor[]> _operation;
    private readonly Func<double[][], double[][]> _reference;
    private readonly CheckedInput[] _inputs;
    private readonly float? _lossScale;
    private readonly bool _twice;

    private GradientCheck(
        Device device,
        Func<Tape, Tensor[], Tensor[]> operation,
        Func<double[][], double[][]> reference,
        CheckedInput[] inputs,
        float? lossScale = null,
        bool twice = true)
    {
        _device = device;
        _operation = operation;
        _reference = reference;
        _inputs = inputs;
        _lossScale = lossScale;
        _twice = twice;
    }

    /// <summary>The largest ||a - b|| / max(||a||, ||b||) that a gradient may have.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>The largest that a result may have.</summary>
    public const double ForwardTolerance = 1e-5;

    /// <summary>The seed of the tape on which the operation runs.</summary>
    public const ulong Seed = 42;

    /// <summary>Checks an operation.</summary>
    /// <param name="device">Where it runs.</param>
    /// <param name="operation">From the tape and the inputs' tensors to its results.</param>
    /// <param name="reference">The same from and to arrays; NaN where a result means nothing (it is then neither compared nor given a gradient).</param>
    /// <param name="inputs">The inputs and parameters.</param>
    /// <returns>The largest relative error of a gradient.</returns>
    /// <exception cref="CheckFailedException">A result or gradient is off.</exception>
    public static double Operation(Device device, Func<Tape, Tensor[], Tensor[]> operation, Func<double[][], double[][]> reference, params CheckedInput[] inputs) =>
        new GradientCheck(device, operation, reference, inputs).Run();

    /// <summary>Checks an operation that is another function at its second use on a tape (dropout draws another mask).</summary>
    public static double SingleUse(Device device, Func<Tape, Tensor[], Tensor[]> operation, Func<double[][], double[][]> reference, params CheckedInput[] inputs) =>
        new GradientCheck(device, operation, reference, inputs, twice: false).Run();

    /// <summary>Checks a loss that starts the backward pass itself with the given scale; losses that are not finite take no part.</summary>
    public static double Loss(Device device, Func<Tape, Tensor[], Tensor> loss, Func<double[][], double[]> reference, float scale, params CheckedInput[] inputs) =>
        new GradientCheck(device, (tape, tensors) => [loss(tape, tensors)], arrays => [reference(arrays)], inputs, scale).Run();

    private double Run()
    {
        double[][] values = Array.ConvertAll(_inputs, i => i.Values.Doubles());
        double[][] expected = _reference(values);
        float[][] first = Functional(expected, 1001);

        // The second use gets half of the first one's functional, so that its gradients follow from the same differences. A loss brings its own.
        float half = _lossScale is null ? 0.5f : 1;
        float[][] second = Array.ConvertAll(first, weights => Array.ConvertAll(weights, w => half * w));
        double[][] once = Differences(values, first);

        bool[] all = Array.ConvertAll(_inputs, _ => true);
        double worst = Compare("", once, Gradients(all, expected, first));
        if (_twice)
            worst = Math.Max(worst, Compare(" of two uses", Array.ConvertAll(once, g => Array.ConvertAll(g, x => (1 + half) * x)), Gradients(all, expected, first, second)));
        for (int i = 0; i < _inputs.Length; i++)
        {
            bool[] alone = new bool[_inputs.Length];
            alone[i] = true;
            worst = Math.Max(worst, Compare(" on its own", once, Gradients(alone, expected, first), i));
        }

        return worst;
    }

    private float[][] Functional(double[][] outputs, int seed) => [.. outputs.Select((output, k) =>
    {
        float[] weights = _lossScale is null ? RandomNumbers.Floats(seed + k, output.Length) : Array.ConvertAll(output, _ => _lossScale.Value);
        for (int i = 0; i < output.Length; i++)
        {
            if (!double.IsFinite(output[i]))
                weights[i] = 0;
        }

        return weights;
    })];

    private double[][] Differences(double[][] values, float[][] weights)
    {
        double[][] gradients = new double[values.Length][];
        for (int k = 0; k < values.Length; k++)
        {
            double[] input = values[k];
            gradients[k] = new double[input.Length];
            for (int i = 0; i < input.Length; i++)
            {
                double value = input[i], step = 1e-5 * Math.Max(1, Math.Abs(value));
                input[i] = value + step;
                double above = Apply(weights, _reference(values));
                input[i] = value - step;
                double below = Apply(weights, _reference(values));
                input[i] = value;
                gradients[k][i] = (above - below) / (2 * step);
            }
        }

        return gradients;
    }

    private static double Apply(float[][] weights, double[][] outputs)
    {
        double sum = 0;
        for (int k = 0; k < weights.Length; k++)
        {
            for (int i = 0; i < weights[k].Length; i++)
                sum += weights[k][i] == 0 ? 0 : weights[k][i] * outputs[k][i];
        }

        return sum;
    }

    /// <summary>Runs the operation on the device, once for each functional, and gives the gradients of those inputs that require one.</summary>
    private float[]?[] Gradients(bool[] require, double[][] expected, params float[][][] functionals)
    {
        Tape tape = new(_device, recording: true) { Seed = Seed };
        Tensor[] tensors = new Tensor[_inputs.Length];
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = _device.Floats(_inputs[i].Shape, _inputs[i].Values);
            tensors[i].RequiresGradient = require[i];
        }

        foreach (float[][] weights in functionals)
        {
            Tensor[] outputs = _operation(tape, tensors);
            CompareResults(expected, outputs);
            for (int k = 0; k < outputs.Length && _lossScale is null; k++)
            {
                Tensor gradient = tape.Allocate(outputs[k].Shape);
                _device.Upload(System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights[k].AsSpan()), gradient);
                tape.GiveGradient(outputs[k], gradient);
            }
        }

        tape.Backward();
        float[]?[] gradients = new float[]?[tensors.Length];
        for (int i = 0; i < tensors.Length; i++)
        {
            if (require[i])
                gradients[i] = tensors[i].Gradient?.ToArray() ?? new float[_inputs[i].Values.Length];
        }

        tape.Reset();
        foreach (Tensor tensor in tensors)
            _device.Release(tensor);
        return gradients;
    }

    private static void CompareResults(double[][] expected, Tensor[] outputs)
    {
        if (outputs.Length != expected.Length)
            throw new CheckFailedException($"The operation gives {outputs.Length} results, the reference {expected.Length}.");
        for (int k = 0; k < outputs.Length; k++)
        {
            float[] actual = outputs[k].ToArray();
            if (actual.Length != expected[k].Length)
                throw new CheckFailedException($"Result {k} is {outputs[k]} where the reference has {expected[k].Length} numbers.");
            double[] meant = (double[])expected[k].Clone();
            for (int i = 0; i < meant.Length; i++)
            {
                if (double.IsNaN(meant[i]) || (double.IsInfinity(meant[i]) && meant[i] == actual[i]))
                    (meant[i], actual[i]) = (0, 0);
            }

            double error = Closeness.RelativeError(actual, meant);
            if (!(error <= ForwardTolerance))
                throw new CheckFailedException($"Result {k}, {outputs[k]}, has the relative error {error:g3}, more than {ForwardTolerance:g3}. {Worst(actual, meant)}");
        }
    }

    private double Compare(string use, double[][] expected, float[]?[] actual, int only = -1)
    {
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (only >= 0 && i != only)
                continue;
            double error = Closeness.RelativeError(actual[i]!, expected[i]);
            if (!(error <= Tolerance))
            {
                throw new CheckFailedException(
                    $"The gradient of {_inputs[i].Name} {_inputs[i].Shape}{use} has the relative error {error:g3}, more than {Tolerance:g3}. {Worst(actual[i]!, expected[i])}");
            }

            worst = Math.Max(worst, error);
        }

        return worst;
    }

    private static string Worst(float[] actual, double[] expected)
    {
        int worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= Math.Abs(actual[worst] - expected[worst])))
                worst = i;
        }

        return $"Furthest off is element {worst}: {actual[worst]:g7} where {expected[worst]:g7} is right.";
    }
}
