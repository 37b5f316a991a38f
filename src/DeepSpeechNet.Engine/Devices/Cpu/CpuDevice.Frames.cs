using System.Numerics;
using System.Runtime.CompilerServices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void ContextWindow(Tensor x, int context, int stride, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        CheckWindow(x, context, stride, y);
        int frames = x.Shape[0];
        int batch = x.Shape[1];
        int features = x.Shape[2];
        int copies = (2 * context) + 1;
        float* source = Floats(x);
        float* target = Floats(y);
        long wide = (long)copies * features;
        ForRanges(y.Shape[0], batch * wide, (from, to) =>
        {
            uint bytes = (uint)features * sizeof(float);
            for (long t = from; t < to; t++)
            {
                for (int b = 0; b < batch; b++)
                {
                    float* row = target + (((t * batch) + b) * wide);
                    for (int j = 0; j < copies; j++)
                    {
                        long frame = (t * stride) + j - context;
                        if (frame < 0 || frame >= frames)
                            Unsafe.InitBlockUnaligned(row + ((long)j * features), 0, bytes);
                        else
                            Unsafe.CopyBlockUnaligned(row + ((long)j * features), source + (((frame * batch) + b) * features), bytes);
                    }
                }
            }
        });
    }

    /// <inheritdoc/>
    public override void ContextWindowBackward(Tensor dy, int context, int stride, Tensor dx, bool accumulate)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        CheckWindow(dx, context, stride, dy);
        int batch = dx.Shape[1];
        int features = dx.Shape[2];
        int windows = dy.Shape[0];
        int copies = (2 * context) + 1;
        float* source = Floats(dy);
        float* target = Floats(dx);
        long wide = (long)copies * features;
        ForRanges(dx.Shape[0], batch * (wide / stride), (from, to) =>
        {
            for (long frame = from; frame < to; frame++)
            {
                // Window t holds this frame where |stride t - frame| <= context, as its copy number frame - stride t + context.
                long first = Math.Max(0, (frame - context + stride - 1) / stride);
                long last = Math.Min(windows - 1, (frame + context) / stride);
                for (int b = 0; b < batch; b++)
                {
                    float* row = target + (((frame * batch) + b) * features);
                    if (!accumulate)
                        Unsafe.InitBlockUnaligned(row, 0, (uint)features * sizeof(float));
                    for (long t = first; t <= last; t++)
                        AddRow(source + (((t * batch) + b) * wide) + ((frame - (t * stride) + context) * features), row, features);
                }
            }
        });
    }

    private static void AddRow(float* source, float* target, int count)
    {
        int i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
            Unsafe.WriteUnaligned(target + i, Unsafe.ReadUnaligned<Vector<float>>(target + i) + Unsafe.ReadUnaligned<Vector<float>>(source + i));
        for (; i < count; i++)
            target[i] += source[i];
    }

    private static void CheckWindow(Tensor narrow, int context, int stride, Tensor wide)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        Shape shape = narrow.Shape;
        if (shape.Rank != 3 || wide.Shape != new Shape((shape[0] + stride - 1) / stride, shape[1], ((2 * context) + 1) * shape[2]))
            throw new ArgumentException($"Windows of {context} frames on each side at every {stride}th of {narrow} do not have the shape of {wide}.", nameof(wide));
    }
}
