using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void LogSoftmax(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        CheckSameShape(x, y);
        float* source = Floats(x);
        float* target = Floats(y);
        int columns = x.Shape.Columns;
        if (x.Count == 0)
            return;
        ForRanges(x.Shape.Rows, columns * 4L, (from, to) =>
        {
            for (long row = from; row < to; row++)
                SoftmaxRow.LogSoftmax(source + (row * columns), columns, target + (row * columns));
        });
    }

    /// <inheritdoc/>
    public override void LogSoftmaxBackward(Tensor y, Tensor dy, Tensor dx, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        CheckSameShape(y, dy);
        CheckSameShape(y, dx);
        float* value = Floats(y);
        float* incoming = Floats(dy);
        float* target = Floats(dx);
        int columns = y.Shape.Columns;
        if (y.Count == 0)
            return;
        ForRanges(y.Shape.Rows, columns * 4L, (from, to) =>
        {
            for (long row = from; row < to; row++)
                SoftmaxRow.LogSoftmaxBackward(value + (row * columns), incoming + (row * columns), columns, target + (row * columns), accumulate);
        });
    }

    private static void CheckSameShape(Tensor a, Tensor b)
    {
        if (a.Shape != b.Shape)
            throw new ArgumentException($"The tensors {a} and {b} must have the same shape.", nameof(b));
    }

    /// <summary>Splits 0 .. count over the threads in equal ranges, or stays on the calling one where there is little to do.</summary>
    /// <param name="count">How many items there are.</param>
    /// <param name="operationsPerItem">About how many elementary operations an item costs.</param>
    /// <param name="body">Does the items from its first argument up to its second.</param>
    private void ForRanges(long count, long operationsPerItem, Action<long, long> body)
    {
        const long WorthAThread = 50_000;
        long members = Math.Min(Math.Min(_team.Size, count), count * operationsPerItem / WorthAThread);
        if (members <= 1)
        {
            body(0, count);
            return;
        }

        _team.Run(member =>
        {
            if (member < members)
                body(count * member / members, count * (member + 1) / members);
        });
    }
}
