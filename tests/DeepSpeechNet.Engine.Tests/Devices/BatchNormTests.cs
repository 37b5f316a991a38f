using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Devices;

public abstract class BatchNormTests(Func<Device> create) : DeviceTests(create)
{
    private const float Epsilon = 1e-5f;
    private const float Momentum = 0.1f;

    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 3, 2, 7 }, { 7, 3, 8 }, { 31, 5, 33 }, { 2, 1, 257 }, { 50, 4, 130 }, { 129, 1, 40 }, { 9, 70, 48 }, { 300, 3, 13 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Statistics_are_those_of_the_real_frames(int time, int batch, int features)
    {
        Problem p = new(Device, time, batch, features);
        Device.BatchNorm(p.X, p.Lengths, p.Scale, p.Shift, p.Running, Momentum, Epsilon, true, p.Saved, p.Y);
        float[] saved = p.Saved.ToArray(), running = p.Running.ToArray();
        for (int f = 0; f < features; f++)
        {
            (double mean, double variance) = p.Moments(f);
            Assert.Equal(mean, saved[f], 1e-5);
            Assert.Equal(1 / Math.Sqrt(variance + Epsilon), saved[features + f], 1e-5 / Math.Sqrt(variance + Epsilon));
            Assert.Equal(p.RunningStart[f] + (Momentum * (mean - p.RunningStart[f])), running[f], 1e-5);
            Assert.Equal(p.RunningStart[features + f] + (Momentum * (variance - p.RunningStart[features + f])), running[features + f], 1e-5);
        }

        Assert.InRange(Closeness.RelativeError(p.Real(p.Y.ToArray()), p.Expected(f => p.Moments(f))), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Inference_uses_the_running_statistics_and_leaves_them(int time, int batch, int features)
    {
        Problem p = new(Device, time, batch, features);
        Device.BatchNorm(p.X, p.Lengths, p.Scale, p.Shift, p.Running, Momentum, Epsilon, false, p.Saved, p.Y);
        Assert.Equal(p.RunningStart, p.Running.ToArray());
        Assert.InRange(Closeness.RelativeError(p.Real(p.Y.ToArray()), p.Expected(f => (p.RunningStart[f], p.RunningStart[features + f]))), 0, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gradients_are_those_of_the_formula_and_zero_in_padded_frames(int time, int batch, int features)
    {
        Problem p = new(Device, time, batch, features);
        Device.BatchNorm(p.X, p.Lengths, p.Scale, p.Shift, p.Running, Momentum, Epsilon, true, p.Saved, p.Y);
        Shape shape = new(time, batch, features), vector = new(features);
        float[] dy = RandomNumbers.Floats(77, shape.Count), before = RandomNumbers.Floats(78, features);
        Tensor dx = Device.Poisoned(shape), scaleGradient = Device.Poisoned(vector), shiftGradient = Device.Floats(vector, before);
        Device.BatchNormBackward(p.X, p.Lengths, p.Scale, p.Saved, Device.Floats(shape, dy), dx, scaleGradient, Device.Poisoned(vector), false);
        Device.BatchNormBackward(p.X, p.Lengths, p.Scale, p.Saved, Device.Floats(shape, dy), dx, Device.Floats(vector, before), shiftGradient, true);

        double[] expected = new double[shape.Count], expectedScale = new double[features], expectedShift = new double[features];
        for (int f = 0; f < features; f++)
        {
            (double mean, double variance) = p.Moments(f);
            double inverse = 1 / Math.Sqrt(variance + Epsilon), sum = 0, product = 0;
            foreach (int row in p.RealRows)
            {
                sum += dy[(row * features) + f];
                product += dy[(row * features) + f] * (p.Input[(row * features) + f] - mean) * inverse;
            }

            expectedScale[f] = product;
            expectedShift[f] = before[f] + sum;
            int n = p.RealRows.Count;
            foreach (int row in p.RealRows)
            {
                int at = (row * features) + f;
                expected[at] = p.ScaleValues[f] * inverse * (dy[at] - (sum / n) - ((p.Input[at] - mean) * inverse * product / n));
            }
        }

        if (p.RealRows.Count > 2)
            Assert.InRange(Closeness.RelativeError(dx.ToArray(), expected), 0, 2e-5);
        Assert.InRange(Closeness.RelativeError(shiftGradient.ToArray(), expectedShift), 0, 2e-6);
        Assert.InRange(scaleGradient.ToArray().Zip(expectedScale, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-4);
        float[] all = dx.ToArray();
        for (int row = 0; row < time * batch; row++)
        {
            if (!p.RealRows.Contains(row))
                Assert.Equal(-1, all.AsSpan(row * features, features).IndexOfAnyExcept(0f));
        }
    }

    [Fact]
    public void A_large_offset_does_not_swallow_the_variance()
    {
        float[] x = RandomNumbers.Floats(5, 1000, 0.5f, 1000);
        double mean = x.Average(v => (double)v), variance = x.Average(v => (v - mean) * (v - mean));
        Tensor one = Device.Floats(new Shape(1), [1]), saved = Device.Poisoned(new Shape(2, 1)), y = Device.Poisoned(new Shape(1000, 1, 1));
        Device.BatchNorm(
            Device.Floats(new Shape(1000, 1, 1), x), Device.Integers(1000), one, Device.Floats(new Shape(1), [0]), Device.Floats(new Shape(2, 1), [0, 1]), 0.1f, 0, true, saved, y);
        Assert.Equal(1 / Math.Sqrt(variance), saved.ToArray()[1], 1e-5);
    }

    [Fact]
    public void A_batch_without_real_frames_moves_nothing()
    {
        Problem p = new(Device, 3, 2, 5, real: 0);
        Device.BatchNorm(p.X, p.Lengths, p.Scale, p.Shift, p.Running, Momentum, Epsilon, true, p.Saved, p.Y);
        Assert.Equal(p.RunningStart, p.Running.ToArray());
        Tensor dx = Device.Poisoned(new Shape(3, 2, 5)), dScale = Device.Poisoned(new Shape(5)), dShift = Device.Poisoned(new Shape(5));
        Device.BatchNormBackward(p.X, p.Lengths, p.Scale, p.Saved, p.X, dx, dScale, dShift, false);
        Assert.Equal(new float[30], dx.ToArray());
        Assert.Equal(new float[5], dScale.ToArray());
        Assert.Equal(new float[5], dShift.ToArray());
    }

    private sealed class Problem
    {
        private readonly int _features;

        public Problem(Device device, int time, int batch, int features, int? real = null)
        {
            _features = features;
            int[] lengths = new int[batch];
            for (int b = 0; b < batch; b++)
                lengths[b] = real ?? Math.Max(1, time - (3 * b % time));
            for (int row = 0; row < time * batch; row++)
            {
                if (row / batch < lengths[row % batch])
                    RealRows.Add(row);
            }

            Shape shape = new(time, batch, features), vector = new(features), statistics = new(2, features);
            Input = RandomNumbers.Floats(1, shape.Count, 2, 0.7f);
            ScaleValues = RandomNumbers.Floats(2, features, 0.5f, 1);
            ShiftValues = RandomNumbers.Floats(3, features);
            RunningStart = RandomNumbers.Floats(4, 2 * features, 0.4f, 0.8f);
            X = device.Floats(shape, Input);
            Lengths = device.Integers(lengths);
            Scale = device.Floats(vector, ScaleValues);
            Shift = device.Floats(vector, ShiftValues);
            Running = device.Floats(statistics, RunningStart);
            Saved = device.Poisoned(statistics);
            Y = device.Poisoned(shape);
        }

        public List<int> RealRows { get; } = [];

        public float[] Input { get; }

        public float[] ScaleValues { get; }

        public float[] ShiftValues { get; }

        public float[] RunningStart { get; }

        public Tensor X { get; }

        public Tensor Lengths { get; }

        public Tensor Scale { get; }

        public Tensor Shift { get; }

        public Tensor Running { get; }

        public Tensor Saved { get; }

        public Tensor Y { get; }

        public (double Mean, double Variance) Moments(int feature)
        {
            double mean = RealRows.Average(row => (double)Input[(row * _features) + feature]);
            return (mean, RealRows.Average(row => Math.Pow(Input[(row * _features) + feature] - mean, 2)));
        }

        public float[] Real(float[] all) => [.. RealRows.SelectMany(row => all.Skip(row * _features).Take(_features))];

        public double[] Expected(Func<int, (double Mean, double Variance)> statistics)
        {
            (double Mean, double Variance)[] moments = [.. Enumerable.Range(0, _features).Select(statistics)];
            return [.. RealRows.SelectMany(row => Enumerable.Range(0, _features).Select(f =>
                (ScaleValues[f] * (Input[(row * _features) + f] - moments[f].Mean) / Math.Sqrt(moments[f].Variance + Epsilon)) + ShiftValues[f]))];
        }
    }
}
