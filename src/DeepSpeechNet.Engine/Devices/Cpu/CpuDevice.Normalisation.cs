using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <summary>Columns go to threads in whole cache lines.</summary>
    private const int ColumnGrain = 16;

    /// <summary>Elements a thread should have for a pass over the columns to be worth waking it.</summary>
    private const int WorthwhileElements = 16 * 1024;

    /// <inheritdoc/>
    public override void BatchNorm(Tensor x, Tensor lengths, Tensor scale, Tensor shift, Tensor running, float momentum, float epsilon, bool training, Tensor saved, Tensor y)
    {
        BatchNormShape shape = NormalisedShape(x, lengths);
        CheckCount(y, x.Count, nameof(y));
        CheckCount(scale, shape.Features, nameof(scale));
        CheckCount(shift, shape.Features, nameof(shift));
        CheckCount(running, 2L * shape.Features, nameof(running));
        float* input = Floats(x);
        float* output = Floats(y);
        float* gain = Floats(scale);
        float* offset = Floats(shift);
        float* statistics = Floats(running);
        int* real = Integers(lengths);
        int features = shape.Features;
        long rows = (long)shape.Time * shape.Batch;
        Tensor scratch = Allocate(ElementType.Float32, new Shape(4 * features));
        if (!training)
        {
            float* fixedStatistics = Floats(scratch);
            BatchNormKernels.FromRunning(features, statistics, epsilon, fixedStatistics);
            ForRanges(rows, 1, WorthwhileElements / Math.Max(1, features), (first, end) =>
                BatchNormKernels.Apply(features, input, gain, offset, fixedStatistics, output, first, end, 0, features));
            Release(scratch);
            return;
        }

        CheckCount(saved, 2L * shape.Features, nameof(saved));
        float* kept = Floats(saved);
        double* sums = (double*)Bytes(scratch);
        ForRanges(features, ColumnGrain, WorthwhileColumns(shape), (first, end) =>
        {
            int column = (int)first, count = (int)(end - first);
            BatchNormKernels.Statistics(shape, real, input, sums, column, count);
            BatchNormKernels.Keep(shape, sums, statistics, momentum, epsilon, kept, column, count);
            BatchNormKernels.Apply(features, input, gain, offset, kept, output, 0, rows, column, count);
        });
        Release(scratch);
        running.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void BatchNormBackward(Tensor x, Tensor lengths, Tensor scale, Tensor saved, Tensor dy, Tensor dx, Tensor scaleGradient, Tensor shiftGradient, bool accumulateParameters)
    {
        BatchNormShape shape = NormalisedShape(x, lengths);
        CheckCount(dy, x.Count, nameof(dy));
        CheckCount(dx, x.Count, nameof(dx));
        CheckCount(scale, shape.Features, nameof(scale));
        CheckCount(saved, 2L * shape.Features, nameof(saved));
        CheckCount(scaleGradient, shape.Features, nameof(scaleGradient));
        CheckCount(shiftGradient, shape.Features, nameof(shiftGradient));
        float* input = Floats(x);
        float* gradient = Floats(dy);
        float* output = Floats(dx);
        float* gain = Floats(scale);
        float* kept = Floats(saved);
        float* gainGradient = Floats(scaleGradient);
        float* offsetGradient = Floats(shiftGradient);
        int* real = Integers(lengths);
        Tensor scratch = Allocate(ElementType.Float32, new Shape(4 * shape.Features));
        double* sums = (double*)Bytes(scratch);
        ForRanges(shape.Features, ColumnGrain, WorthwhileColumns(shape), (first, end) =>
        {
            int column = (int)first, count = (int)(end - first);
            BatchNormKernels.GradientSums(shape, real, input, kept, gradient, sums, column, count);
            BatchNormKernels.InputGradient(shape, real, input, gain, kept, gradient, sums, output, column, count);
            BatchNormKernels.ParameterGradients(shape, sums, gainGradient, offsetGradient, accumulateParameters, column, count);
        });
        Release(scratch);
    }

    private static long WorthwhileColumns(BatchNormShape shape) => Math.Max(ColumnGrain, WorthwhileElements / Math.Max(1, shape.Time * shape.Batch));

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
