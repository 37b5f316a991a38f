using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>The same numbers in the same order under another shape; nothing is copied. Backward: dx = dy in x's shape.</summary>
public static class Reshape
{
    /// <summary>Looks at x as an array of another shape, which must not outlive x.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="shape">A shape of as many elements.</param>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public static Tensor Apply(Tape tape, Tensor x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        if (shape.Count != x.Count)
            throw new ArgumentException($"Reshape: {x} has {x.Count} elements, not the {shape.Count} of {shape}.", nameof(shape));
        Tensor y = x.View(shape);
        y.RequiresGradient = tape.Recording && x.RequiresGradient;
        tape.Record(y, () => tape.Device.Scale(y.Gradient!.View(x.Shape), 1, tape.GradientFor(x, out bool accumulate), accumulate));
        return y;
    }
}
