using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Ilgpu;

public sealed partial class IlgpuDevice
{
    /// <inheritdoc/>
    public override void LogSoftmax(Tensor x, Tensor y)
    {
        CheckSameShape(x, y);
        EachRow(SoftmaxKernels.LogSoftmax, x.Shape.Rows, x.Shape.Columns, Softmax(x, y));
    }

    /// <inheritdoc/>
    public override void LogSoftmaxBackward(Tensor y, Tensor dy, Tensor dx, bool accumulate = false)
    {
        CheckSameShape(y, dy);
        CheckSameShape(y, dx);
        EachRow(SoftmaxKernels.LogSoftmaxBackward, y.Shape.Rows, y.Shape.Columns, Softmax(y, dx) with { Above = Floats(dy), Accumulate = Flag(accumulate) });
    }

    /// <inheritdoc/>
    public override void SoftmaxCrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor? gradient, float gradientScale)
    {
        int rows = Checked(logits).Shape.Rows;
        CheckCount(Checked(targets), rows, nameof(targets));
        CheckCount(Checked(losses), rows, nameof(losses));
        if (gradient is not null)
            CheckSameShape(logits, gradient);
        EachRow(SoftmaxKernels.CrossEntropy, rows, logits.Shape.Columns, Softmax(logits, gradient ?? logits) with
        {
            Targets = Integers(targets),
            Losses = Floats(losses),
            HasGradient = Flag(gradient is not null),
            Scale = gradientScale,
        });
    }

    /// <inheritdoc/>
    public override void SampledCrossEntropy(
        Tensor logits, Tensor targetLogits, Tensor samples, Tensor targets, Tensor losses, Tensor? gradient, Tensor? targetGradient, float gradientScale)
    {
        int rows = Checked(logits).Shape.Rows, count = logits.Shape.Columns;
        CheckCount(Checked(samples), count, nameof(samples));
        CheckCount(Checked(targetLogits), rows, nameof(targetLogits));
        CheckCount(Checked(targets), rows, nameof(targets));
        CheckCount(Checked(losses), rows, nameof(losses));
        CheckCount(gradient, logits.Count, nameof(gradient));
        CheckCount(targetGradient, rows, nameof(targetGradient));
        if (gradient is null != targetGradient is null)
            throw new ArgumentException("The gradients of the samples' logits and of the targets' come together.", nameof(targetGradient));
        EachRow(SoftmaxKernels.CrossEntropy, rows, count, Softmax(logits, gradient ?? logits) with
        {
            Targets = Integers(targets),
            Losses = Floats(losses),
            Extra = Floats(targetLogits),
            ExtraGradient = FloatsOrNone(targetGradient),
            Samples = Integers(samples),
            HasExtra = 1,
            HasGradient = Flag(gradient is not null),
            Scale = gradientScale,
        });
    }

    /// <inheritdoc/>
    public override void CtcLoss(Tensor logits, Tensor lengths, Tensor labels, Tensor labelOffsets, int blank, Tensor losses, Tensor? gradient, float gradientScale)
    {
        Shape shape = Checked(logits).Shape;
        if (shape.Rank != 3 || shape[2] < 1)
            throw new ArgumentException($"CTC needs logits [time, batch, class], not {logits}.", nameof(logits));
        int frames = shape[0], batch = shape[1];
        if (Checked(lengths).Count != batch || Checked(labelOffsets).Count != batch + 1L || Checked(losses).Count != batch)
            throw new ArgumentException($"CTC over {logits} needs {batch} lengths, {batch + 1L} label offsets and {batch} losses, not {lengths}, {labelOffsets} and {losses}.", nameof(lengths));
        if (gradient is not null && gradient.Shape != shape)
            throw new ArgumentException($"The gradient {gradient} must have the shape of the logits {logits}.", nameof(gradient));
        if (blank < 0 || blank >= shape[2])
            throw new ArgumentOutOfRangeException(nameof(blank), blank, $"The blank must be one of the {shape[2]} classes.");
        long states = (2 * Checked(labels).Count) + batch;
        CtcArguments a = new()
        {
            Logits = Floats(logits),
            Lengths = Integers(lengths),
            Labels = Integers(labels),
            Offsets = Integers(labelOffsets),
            Losses = Floats(losses),
            Gradient = FloatsOrNone(gradient),
            Normalisers = Scratch<double>((long)frames * batch, out MachineBuffer normalisers),
            Alpha = Scratch<double>(states * (frames + CtcKernels.ExtraRows), out MachineBuffer alpha),
            Beta = Scratch<double>(states * 2, out MachineBuffer beta),
            Frames = frames,
            Batch = batch,
            Classes = shape[2],
            LabelCount = (int)labels.Count,
            Blank = blank,
            HasGradient = Flag(gradient is not null),
            Scale = gradientScale,
        };
        Each(CtcKernels.Normalise, (long)frames * batch, a);
        if (batch > 0)
            _machine.Launch(CtcKernels.Run, new Extent(batch), new Extent(_machine.GroupLanes), a);
        if (gradient is not null)
            Each(CtcKernels.Gradient, gradient.Count, a);
        Return(normalisers);
        Return(alpha);
        Return(beta);
    }

    private SoftmaxArguments Softmax(Tensor x, Tensor y) => new()
    {
        X = Floats(x),
        Y = Floats(y),
        Above = NoFloats,
        Targets = NoIntegers,
        Losses = NoFloats,
        Extra = NoFloats,
        ExtraGradient = NoFloats,
        Samples = NoIntegers,
        Classes = x.Shape.Columns,
    };

    private static void CheckSameShape(Tensor a, Tensor b)
    {
        if (Checked(a).Shape != Checked(b).Shape)
            throw new ArgumentException($"The tensors {a} and {b} must have the same shape.", nameof(b));
    }
}
