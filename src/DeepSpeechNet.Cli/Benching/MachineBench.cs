using System.Diagnostics;
using System.Runtime.InteropServices;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Benching;

/// <summary>Measures the parts of recognition on this machine. Every time is the least of many repeats, after one that is not timed.</summary>
internal sealed class MachineBench
{
    /// <summary>Length of the recordings that the network is timed with.</summary>
    public const int ClipSeconds = 5;

    private readonly AcousticModel _model;
    private readonly ModelDescription _description;
    private readonly TimeSpan _budget;
    private readonly Tensor _probe;

    /// <summary>A bench of one model.</summary>
    /// <param name="model">The network, on the device to measure.</param>
    /// <param name="description">What belongs to it.</param>
    /// <param name="budget">Time for each measurement.</param>
    public MachineBench(AcousticModel model, ModelDescription description, TimeSpan budget)
    {
        _model = model;
        _description = description;
        _budget = budget;
        _probe = Random(model.Device, new Shape(1), 1);
    }

    /// <summary>Kernels that the device launched for one repeat of what was measured last; 0 where it launches none.</summary>
    public long Launches { get; private set; }

    /// <summary>Floating-point operations a second of a product of two square matrices of this size.</summary>
    public double MatrixProduct(int size)
    {
        Device device = _model.Device;
        Shape shape = new(size, size);
        Tensor a = Random(device, shape, 1), b = Random(device, shape, 2), c = Random(device, shape, 3);
        double seconds = Least(() => device.MatMul(a, false, b, false, c));
        foreach (Tensor tensor in (Tensor[])[a, b, c])
            device.Release(tensor);
        return 2.0 * size * size * size / seconds;
    }

    /// <summary>Seconds of sound a second of the model's front end, one thread.</summary>
    public double FrontEnd()
    {
        FeatureExtractor extractor = new(_description.FrontEnd);
        float[] sound = Noise(ClipSeconds * _description.FrontEnd.SampleRate);
        float[] features = new float[extractor.FrameCount(sound.Length) * extractor.FeatureCount];
        return ClipSeconds / Least(() => extractor.Compute(sound, features));
    }

    /// <summary>Seconds of sound a second of the network, so many recordings in a batch.</summary>
    public double Network(int batch)
    {
        FeatureExtractor extractor = new(_description.FrontEnd);
        float[] sound = Noise(ClipSeconds * _description.FrontEnd.SampleRate);
        int frames = extractor.FrameCount(sound.Length);
        float[] features = new float[frames * extractor.FeatureCount];
        extractor.Compute(sound, features);
        HostBatch host = new();
        Span<float> input = host.Floats(host.Reserve(ElementType.Float32, new Shape(frames, batch, _model.Features)));
        for (int t = 0; t < frames; t++)
        {
            for (int b = 0; b < batch; b++)
                features.AsSpan(t * _model.Features, _model.Features).CopyTo(input[(((t * batch) + b) * _model.Features)..]);
        }

        host.Integers(host.Reserve(ElementType.Int32, new Shape(batch))).Fill(_model.OutputFrames(frames));
        DeviceBatch device = host.Upload(_model.Device);
        Tape tape = new(_model.Device, recording: false);
        double seconds = Least(() =>
        {
            LogSoftmax.Apply(tape, _model.Logits(tape, device.Tensors[0], device.Tensors[1]));
            tape.Reset();
        });
        device.Release();
        return batch * ClipSeconds / seconds;
    }

    /// <summary>Seconds of the CTC loss and its gradient.</summary>
    /// <param name="frames">Frames of each recording.</param>
    /// <param name="batch">Recordings.</param>
    /// <param name="letters">Letters of each text.</param>
    public double CtcLoss(int frames, int batch, int letters)
    {
        Device device = _model.Device;
        int classes = _model.Classes;
        Tensor logits = Random(device, new Shape(frames, batch, classes), 4), gradient = Random(device, logits.Shape, 5), losses = Random(device, new Shape(batch), 6);
        Random random = new(7);
        int[] labels = new int[batch * letters], offsets = new int[batch + 1], lengths = new int[batch];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = random.Next(classes - 1);
        for (int b = 0; b < batch; b++)
            (offsets[b + 1], lengths[b]) = ((b + 1) * letters, frames);
        Tensor deviceLabels = Integers(device, labels), deviceOffsets = Integers(device, offsets), deviceLengths = Integers(device, lengths);
        double seconds = Least(() => device.CtcLoss(logits, deviceLengths, deviceLabels, deviceOffsets, classes - 1, losses, gradient, 1));
        foreach (Tensor tensor in (Tensor[])[logits, gradient, losses, deviceLabels, deviceOffsets, deviceLengths])
            device.Release(tensor);
        return seconds;
    }

    private static Tensor Random(Device device, Shape shape, int seed)
    {
        Random random = new(seed);
        float[] values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = (2 * random.NextSingle()) - 1;
        Tensor tensor = device.Allocate(ElementType.Float32, shape);
        device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return tensor;
    }

    private static Tensor Integers(Device device, int[] values)
    {
        Tensor tensor = device.Allocate(ElementType.Int32, new Shape(values.Length));
        device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return tensor;
    }

    private static float[] Noise(int samples)
    {
        Random random = new(8);
        float[] sound = new float[samples];
        for (int i = 0; i < sound.Length; i++)
            sound[i] = 0.1f * ((2 * random.NextSingle()) - 1);
        return sound;
    }

    private double Least(Action work)
    {
        byte[] probe = new byte[sizeof(float)];
        long launched = _model.Device.Launches;
        Run();
        Launches = _model.Device.Launches - launched;
        double least = double.MaxValue;
        Stopwatch total = Stopwatch.StartNew();
        do
        {
            long start = Stopwatch.GetTimestamp();
            Run();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (total.Elapsed < _budget);
        return least;

        // A device may queue what it is given, and a download waits for it.
        void Run()
        {
            work();
            _model.Device.Download(_probe, probe);
        }
    }
}
