using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>Joins features, and takes one frame out of a sequence.</summary>
public static class Columns
{
    /// <summary>y = the features of a, then those of b, frame by frame: [..., Fa + Fb]. Backward: each input gets its columns of dy.</summary>
    /// <exception cref="ArgumentException">The shapes differ in more than the last extent.</exception>
    public static Tensor Concatenate(Tape tape, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        int left = a.Shape.Columns, right = b.Shape.Columns;
        if (a.Shape.WithColumns(right) != b.Shape)
            throw new ArgumentException($"Concatenate: the shapes {a.Shape} and {b.Shape} differ in more than their last extent.", nameof(b));
        Tensor y = tape.AllocateResult(a.Shape.WithColumns(left + right), a, b);
        tape.Device.CopyColumns(a, 0, y, 0, left, false);
        tape.Device.CopyColumns(b, 0, y, left, right, false);
        tape.Record(y, () =>
        {
            if (a.RequiresGradient)
                tape.Device.CopyColumns(y.Gradient!, 0, tape.GradientFor(a, out bool accumulate), 0, left, accumulate);
            if (b.RequiresGradient)
                tape.Device.CopyColumns(y.Gradient!, left, tape.GradientFor(b, out bool accumulate), 0, right, accumulate);
        });
        return y;
    }

    /// <summary>y = frame <paramref name="time"/> of x [T, B, F]: [B, F]. Backward: dx = dy in that frame, zero elsewhere.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public static Tensor Frame(Tape tape, Tensor x, int time)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(time, x.Shape[0]);
        Shape shape = new(x.Shape[1], x.Shape[2]);
        Tensor y = tape.AllocateResult(shape, x);
        tape.Device.CopyColumns(x.View(shape, time * shape.Count), 0, y, 0, shape.Columns, false);
        tape.Record(y, () =>
        {
            Tensor dx = tape.GradientFor(x, out bool accumulate);
            if (!accumulate)
                tape.Device.Fill(dx, 0);
            tape.Device.CopyColumns(y.Gradient!, 0, dx.View(shape, time * shape.Count), 0, shape.Columns, true);
        });
        return y;
    }
}
