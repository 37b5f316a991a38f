using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <summary>Elements a thread should have for a pass over them to be worth waking it.</summary>
    private const int WorthwhileElements = 16 * 1024;

    /// <inheritdoc/>
    public override void BatchNorm(Tensor x, Tensor lengths, Tensor scale, Tensor shift, Tensor running, float momentum, float epsilon, bool training, Tensor saved, Tensor y)
    {
        BatchNormShape shape = NormalisedShape(x, lengths);
        int features = shape.Features;
        CheckCount(y, x.Count, nameof(y));
        CheckCount(scale, features, nameof(scale));
        CheckCount(shift, features, nameof(shift));
        CheckCount(running, 2L * features, nameof(running));
        float* input = Floats(x);
        float* output = Floats(y);
        float* gain = Floats(scale);
        float* offset = Floats(shift);
        int* real = Integers(lengths);
        Tensor scratch = AllocateSums(shape, out int blocks, out double* sums);
        float* statistics = (float*)sums;
        if (training)
        {
            CheckCount(saved, 2L * features, nameof(saved));
            statistics = Floats(saved);
            ForBlocks(shape, blocks, (block, first, end) => BatchNormKernels.Statistics(shape, real, input, sums + (2L * features * block), first, end));
            BatchNormKernels.Combine(features, sums, blocks);
            BatchNormKernels.Keep(shape, sums, Floats(running), momentum, epsilon, statistics);
            running.Buffer.MarkChanged();
        }
        else
        {
            BatchNormKernels.FromRunning(features, Floats(running), epsilon, statistics);
        }

        ForRanges(shape.Rows, 1, WorthwhileRows(shape), (first, end) => BatchNormKernels.Apply(features, input, gain, offset, statistics, output, first, end));
        Release(scratch);
    }

    /// <inheritdoc/>
    public override void BatchNormBackward(Tensor x, Tensor lengths, Tensor scale, Tensor saved, Tensor dy, Tensor dx, Tensor scaleGradient, Tensor shiftGradient, bool accumulateParameters)
    {
        BatchNormShape shape = NormalisedShape(x, lengths);
        int features = shape.Features;
        CheckCount(dy, x.Count, nameof(dy));
        CheckCount(dx, x.Count, nameof(dx));
        CheckCount(scale, features, nameof(scale));
        CheckCount(saved, 2L * features, nameof(saved));
        CheckCount(scaleGradient, features, nameof(scaleGradient));
        CheckCount(shiftGradient, features, nameof(shiftGradient));
        float* input = Floats(x);
        float* gradient = Floats(dy);
        float* output = Floats(dx);
        float* statistics = Floats(saved);
        int* real = Integers(lengths);
        Tensor scratch = AllocateSums(shape, out int blocks, out double* sums);
        ForBlocks(shape, blocks, (block, first, end) => BatchNormKernels.GradientSums(shape, real, input, statistics, gradient, sums + (2L * features * block), first, end));
        BatchNormKernels.Combine(features, sums, blocks);
        BatchNormKernels.ParameterGradients(features, sums, Floats(scaleGradient), Floats(shiftGradient), accumulateParameters);

        float* factors = (float*)(sums + (2L * features * blocks));
        BatchNormKernels.InputFactors(shape, Floats(scale), statistics, sums, factors);
        ForRanges(shape.Rows, 1, WorthwhileRows(shape), (first, end) =>
            BatchNormKernels.InputGradient(shape, real, input, statistics, gradient, factors, output, first, end));
        Release(scratch);
    }

    /// <summary>Room for two sums per feature and block, and three factors per feature behind them.</summary>
    private Tensor AllocateSums(BatchNormShape shape, out int blocks, out double* sums)
    {
        blocks = checked((int)Math.Max(1, (shape.Rows + BatchNormKernels.BlockRows - 1) / BatchNormKernels.BlockRows));
        Tensor scratch = Allocate(ElementType.Float32, new Shape(blocks + 1, 4 * shape.Features));
        sums = (double*)Bytes(scratch);
        return scratch;
    }

    private void ForBlocks(BatchNormShape shape, int blocks, Action<long, long, long> body) =>
        ForRanges(blocks, 1, Math.Max(1, WorthwhileRows(shape) / BatchNormKernels.BlockRows), (from, to) =>
        {
            for (long block = from; block < to; block++)
                body(block, block * BatchNormKernels.BlockRows, Math.Min(shape.Rows, (block + 1) * BatchNormKernels.BlockRows));
        });

    private static long WorthwhileRows(BatchNormShape shape) => WorthwhileElements / Math.Max(1, shape.Features);

    private static BatchNormShape NormalisedShape(Tensor x, Tensor lengths)
    {
        if (x.Shape.Rank != 3)
            throw new ArgumentException($"Batch normalisation takes [time, batch, feature], not {x}.", nameof(x));
        CheckCount(lengths, x.Shape[1], nameof(lengths));
        int* real = Integers(lengths);
        long frames = 0;
        for (int b = 0; b < x.Shape[1]; b++)
            frames += Math.Clamp(real[b], 0, x.Shape[0]);
        return new BatchNormShape(x.Shape[0], x.Shape[1], x.Shape[2], frames);
    }
}
