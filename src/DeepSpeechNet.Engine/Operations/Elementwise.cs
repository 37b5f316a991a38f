using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>Sums and elementwise functions.</summary>
public static class Elementwise
{
    /// <summary>y = a + b. Backward: da = db = dy.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Add(Tape tape, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Shape != b.Shape)
            throw new ArgumentException($"Add: the shapes {a.Shape} and {b.Shape} differ.", nameof(b));
        Tensor y = tape.AllocateResult(a.Shape, a, b);
        tape.Device.Add(a, b, y);
        tape.Record(y, () =>
        {
            foreach (Tensor input in (ReadOnlySpan<Tensor>)[a, b])
            {
                if (input.RequiresGradient)
                    tape.Device.Scale(y.Gradient!, 1, tape.GradientFor(input, out bool accumulate), accumulate);
            }
        });
        return y;
    }

    /// <summary>y = act(x). Backward: dx = dy * act'(y).</summary>
    public static Tensor Activate(Tape tape, Tensor x, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = tape.AllocateResult(x.Shape, x);
        tape.Device.Activate(activation, x, y);
        tape.Record(y, () => tape.Device.ActivateBackward(activation, y, y.Gradient!, tape.GradientFor(x, out bool accumulate), accumulate));
        return y;
    }

    /// <summary>
    /// Inverted dropout (Srivastava et al. 2014) while the tape records: y = x m / (1 - rate), m a mask of the tape's next seed; x itself otherwise.
    /// Backward: dx = dy m / (1 - rate), the mask drawn again.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in [0, 1).</exception>
    public static Tensor Dropout(Tape tape, Tensor x, float rate)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1);
        if (!tape.Recording || rate == 0)
            return x;
        ulong seed = tape.NextSeed();
        Tensor y = tape.AllocateResult(x.Shape, x);
        tape.Device.Dropout(x, rate, seed, y);
        tape.Record(y, () => tape.Device.Dropout(y.Gradient!, rate, seed, tape.GradientFor(x, out bool accumulate), accumulate));
        return y;
    }
}
