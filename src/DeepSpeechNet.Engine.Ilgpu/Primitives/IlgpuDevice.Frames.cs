using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Ilgpu;

public sealed partial class IlgpuDevice
{
    /// <inheritdoc/>
    public override void ContextWindow(Tensor x, int context, int stride, Tensor y) =>
        Each(FrameKernels.Window, Checked(y).Count, Frames(x, context, stride, y, accumulate: false) with { Count = (int)y.Count });

    /// <inheritdoc/>
    public override void ContextWindowBackward(Tensor dy, int context, int stride, Tensor dx, bool accumulate) =>
        Each(FrameKernels.WindowBackward, Checked(dx).Count, Frames(dx, context, stride, dy, accumulate) with { Count = (int)dx.Count });

    /// <inheritdoc/>
    public override void BatchNorm(
        Tensor x, Tensor lengths, Tensor scale, Tensor shift, Tensor running, float momentum, float epsilon, bool training, Tensor saved, Tensor y)
    {
        BatchNormArguments a = BatchNormOf(x, lengths, scale);
        CheckCount(Checked(y), x.Count, nameof(y));
        CheckCount(Checked(shift), a.Features, nameof(shift));
        CheckCount(Checked(running), 2L * a.Features, nameof(running));
        a.Shift = Floats(shift);
        a.Running = Floats(running);
        a.Y = Floats(y);
        a.Momentum = momentum;
        a.Epsilon = epsilon;
        a.Training = Flag(training);
        a.Partial = Scratch<double>(2L * a.Blocks * a.Features, out MachineBuffer partial);
        MachineBuffer? own = null;
        if (training)
        {
            CheckCount(Checked(saved), 2L * a.Features, nameof(saved));
            a.Saved = Floats(saved);
            Each(BatchNormKernels.Statistics, (long)a.Blocks * a.Features, a);
            running.Buffer.MarkChanged();
        }
        else
        {
            a.Saved = Scratch<float>(2L * a.Features, out own);
        }

        Each(BatchNormKernels.Keep, a.Features, a);
        Each(BatchNormKernels.Apply, x.Count, a);
        Return(partial);
        if (own is not null)
            Return(own);
    }

    /// <inheritdoc/>
    public override void BatchNormBackward(
        Tensor x, Tensor lengths, Tensor scale, Tensor saved, Tensor dy, Tensor dx, Tensor scaleGradient, Tensor shiftGradient, bool accumulateParameters)
    {
        BatchNormArguments a = BatchNormOf(x, lengths, scale);
        CheckCount(Checked(dy), x.Count, nameof(dy));
        CheckCount(Checked(dx), x.Count, nameof(dx));
        CheckCount(Checked(saved), 2L * a.Features, nameof(saved));
        CheckCount(Checked(scaleGradient), a.Features, nameof(scaleGradient));
        CheckCount(Checked(shiftGradient), a.Features, nameof(shiftGradient));
        a.Saved = Floats(saved);
        a.Above = Floats(dy);
        a.Y = Floats(dx);
        a.ScaleGradient = Floats(scaleGradient);
        a.ShiftGradient = Floats(shiftGradient);
        a.Accumulate = Flag(accumulateParameters);
        a.Partial = Scratch<double>(2L * a.Blocks * a.Features, out MachineBuffer partial);
        a.Factors = Scratch<float>(3L * a.Features, out MachineBuffer factors);
        Each(BatchNormKernels.GradientSums, (long)a.Blocks * a.Features, a);
        Each(BatchNormKernels.ParameterGradients, a.Features, a);
        Each(BatchNormKernels.InputGradient, x.Count, a);
        Return(partial);
        Return(factors);
    }

    private BatchNormArguments BatchNormOf(Tensor x, Tensor lengths, Tensor scale)
    {
        if (Checked(x).Shape.Rank != 3)
            throw new ArgumentException($"Batch normalisation takes [time, batch, feature], not {x}.", nameof(x));
        CheckCount(Checked(lengths), x.Shape[1], nameof(lengths));
        CheckCount(Checked(scale), x.Shape[2], nameof(scale));
        int rows = x.Shape.Rows;
        return new BatchNormArguments
        {
            X = Floats(x),
            Lengths = Integers(lengths),
            Scale = Floats(scale),
            Shift = NoFloats,
            Running = NoFloats,
            Saved = NoFloats,
            Y = NoFloats,
            Above = NoFloats,
            ScaleGradient = NoFloats,
            ShiftGradient = NoFloats,
            Factors = NoFloats,
            Rows = rows,
            Batch = x.Shape[1],
            Time = x.Shape[0],
            Features = x.Shape[2],
            Blocks = Math.Max(1, (rows + BatchNormKernels.BlockRows - 1) / BatchNormKernels.BlockRows),
        };
    }

    private FrameArguments Frames(Tensor narrow, int context, int stride, Tensor wide, bool accumulate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        Shape shape = Checked(narrow).Shape;
        if (shape.Rank != 3 || Checked(wide).Shape != new Shape((shape[0] + stride - 1) / stride, shape[1], ((2 * context) + 1) * shape[2]))
            throw new ArgumentException($"Windows of {context} frames on each side at every {stride}th of {narrow} do not have the shape of {wide}.", nameof(wide));
        return new FrameArguments
        {
            Narrow = Floats(narrow),
            Wide = Floats(wide),
            Frames = shape[0],
            Windows = wide.Shape[0],
            Batch = shape[1],
            Features = shape[2],
            Context = context,
            Stride = stride,
            Accumulate = Flag(accumulate),
        };
    }
}
