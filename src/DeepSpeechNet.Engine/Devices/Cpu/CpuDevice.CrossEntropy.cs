using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void SoftmaxCrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor? gradient, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(losses);
        int rows = logits.Shape.Rows, classes = logits.Shape.Columns;
        CheckCount(targets, rows, nameof(targets));
        CheckCount(losses, rows, nameof(losses));
        if (gradient is not null)
            CheckSameShape(logits, gradient);
        CheckIndices(targets, classes, nameof(targets));
        float* x = Floats(logits), loss = Floats(losses), dx = FloatsOrNull(gradient);
        int* target = Integers(targets);
        ForRows(rows, classes * 8L, (first, end) =>
        {
            for (int r = first; r < end; r++)
            {
                nint at = (nint)r * classes;
                loss[r] = CrossEntropy.Row(x + at, classes, float.NegativeInfinity, target[r], dx == null ? null : dx + at, gradientScale, out _);
            }
        });
    }

    /// <inheritdoc/>
    public override void SampledCrossEntropy(
        Tensor logits, Tensor targetLogits, Tensor samples, Tensor targets, Tensor losses, Tensor? gradient, Tensor? targetGradient, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(samples);
        int rows = logits.Shape.Rows, count = logits.Shape.Columns;
        CheckCount(samples, count, nameof(samples));
        CheckCount(targetLogits, rows, nameof(targetLogits));
        CheckCount(targets, rows, nameof(targets));
        CheckCount(losses, rows, nameof(losses));
        CheckCount(gradient, logits.Count, nameof(gradient));
        CheckCount(targetGradient, rows, nameof(targetGradient));
        if (gradient is null != targetGradient is null)
            throw new ArgumentException("The gradients of the samples' logits and of the targets' come together.", nameof(targetGradient));
        float* x = Floats(logits), t = Floats(targetLogits), loss = Floats(losses), dx = FloatsOrNull(gradient), dt = FloatsOrNull(targetGradient);
        int* sample = Integers(samples), target = Integers(targets);
        ForRows(rows, count * 8L, (first, end) =>
        {
            ReadOnlySpan<int> all = new(sample, count);
            for (int r = first; r < end; r++)
            {
                float* row = x + ((nint)r * count);

                // A sample that happens to be the target counts as the target alone.
                for (int at = all.IndexOf(target[r]), from = 0; at >= 0; at = all[from..].IndexOf(target[r]))
                {
                    row[from + at] = float.NegativeInfinity;
                    from += at + 1;
                }

                int right = target[r] < 0 ? -1 : count;
                loss[r] = CrossEntropy.Row(row, count, t[r], right, dx == null ? null : dx + ((nint)r * count), gradientScale, out float extra);
                if (dt != null)
                    dt[r] = extra;
            }
        });
    }
}
