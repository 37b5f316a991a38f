using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>
/// Each kept frame with its neighbours: y[t] = x[stride t - context], ..., x[stride t + context] side by side, zeros beyond the ends (Hannun et al. 2014,
/// section 2: "a context of C frames on each side"; striding: its section 3.3). Backward: every frame gets the sum of the gradients of its copies.
/// </summary>
public static class Frames
{
    /// <summary>How many frames are left of <paramref name="frames"/>.</summary>
    public static int Strided(int frames, int stride) => (frames + stride - 1) / stride;

    /// <summary>Widens and strides.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[T, B, F], zeros in padded frames.</param>
    /// <param name="context">C, the frames on each side.</param>
    /// <param name="stride">Every how-many-th frame is kept.</param>
    /// <returns>[ceil(T / stride), B, (2 C + 1) F].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The context is negative or the stride below 1.</exception>
    public static Tensor Window(Tape tape, Tensor x, int context, int stride)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (context == 0 && stride == 1)
            return x;
        Tensor y = tape.AllocateResult(new Shape(Strided(x.Shape[0], stride), x.Shape[1], ((2 * context) + 1) * x.Shape[2]), x);
        tape.Device.ContextWindow(x, context, stride, y);
        tape.Record(y, () => tape.Device.ContextWindowBackward(y.Gradient!, context, stride, tape.GradientFor(x, out bool accumulate), accumulate));
        return y;
    }
}
