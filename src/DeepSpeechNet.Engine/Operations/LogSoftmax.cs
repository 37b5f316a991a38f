using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>y = x - log sum exp x over the last extent. Backward: dx = dy - exp(y) sum dy.</summary>
public static class LogSoftmax
{
    /// <summary>Log probabilities of logits [..., A].</summary>
    public static Tensor Apply(Tape tape, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = tape.AllocateResult(x.Shape, x);
        tape.Device.LogSoftmax(x, y);
        tape.Record(y, () => tape.Device.LogSoftmaxBackward(y, y.Gradient!, tape.GradientFor(x, out bool accumulate), accumulate));
        return y;
    }
}
