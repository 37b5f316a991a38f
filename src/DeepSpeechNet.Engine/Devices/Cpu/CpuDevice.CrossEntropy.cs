using System.Runtime.Intrinsics;
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
                loss[r] = CrossEntropyRow(x + at, classes, target[r], dx == null ? null : dx + at, gradientScale);
            }
        });
    }

    private static float CrossEntropyRow(float* x, int classes, int target, float* gradient, float scale) =>
        Vector512.IsHardwareAccelerated ? CrossEntropy.Row<Simd512, Vector512<float>, Vector512<int>>(x, classes, target, gradient, scale)
        : Vector256.IsHardwareAccelerated ? CrossEntropy.Row<Simd256, Vector256<float>, Vector256<int>>(x, classes, target, gradient, scale)
        : CrossEntropy.Row<Simd128, Vector128<float>, Vector128<int>>(x, classes, target, gradient, scale);
}
