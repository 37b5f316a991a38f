using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>
/// Sequence-wise batch normalisation (Amodei et al. 2016, section 3.2): y = scale (x - mean) / sqrt(variance + epsilon) + shift per feature, mean and variance
/// over all real frames of the batch while the tape records, the running ones otherwise. Backward, with n real frames and x^ the normalised input:
/// dscale = sum dy x^; dshift = sum dy; dx = scale / sqrt(variance + epsilon) (dy - dshift / n - x^ dscale / n).
/// </summary>
public static class BatchNormalisation
{
    /// <summary>Normalises.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="x">[T, B, F].</param>
    /// <param name="lengths">[B], int32: the real frames of each utterance.</param>
    /// <param name="scale">[F].</param>
    /// <param name="shift">[F].</param>
    /// <param name="running">[2, F]: running mean and variance, moved while the tape records.</param>
    /// <param name="momentum">By how much the running ones move.</param>
    /// <param name="epsilon">Keeps the root from zero.</param>
    /// <returns>[T, B, F].</returns>
    public static Tensor Apply(Tape tape, Tensor x, Tensor lengths, Tensor scale, Tensor shift, Tensor running, float momentum, float epsilon = 1e-5f)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(shift);
        Tensor saved = tape.Allocate(new Shape(2, x.Shape.Columns));
        Tensor y = tape.AllocateResult(x.Shape, x, scale, shift);
        tape.Device.BatchNorm(x, lengths, scale, shift, running, momentum, epsilon, tape.Recording, saved, y);
        tape.RecycleIfInference(saved);
        tape.Record(y, () =>
        {
            Tensor scaleGradient = tape.GradientFor(scale, out bool accumulate);
            Tensor shiftGradient = tape.GradientFor(shift, out bool accumulateShift);
            if (accumulate != accumulateShift)
                throw new InvalidOperationException("Batch normalisation: its scale and shift must be used together.");
            Tensor dx = tape.Allocate(x.Shape);
            tape.Device.BatchNormBackward(x, lengths, scale, saved, y.Gradient!, dx, scaleGradient, shiftGradient, accumulate);
            if (x.RequiresGradient)
                tape.GiveGradient(x, dx);
        });
        return y;
    }
}
