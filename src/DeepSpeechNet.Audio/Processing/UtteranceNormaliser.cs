using System.Numerics;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Mean and variance normalisation over an utterance: each feature becomes (x - mean) / sqrt(variance + 1e-5), with the mean and
/// the (biased) variance of that feature over all frames. A feature that never changes becomes zero.
/// </summary>
public static class UtteranceNormaliser
{
    internal const double VarianceFloor = 1e-5;

    /// <summary>Normalises the frames in place.</summary>
    /// <param name="frames"><c>[time, feature]</c>, row-major; no frames are left as they are.</param>
    /// <param name="features">Features of a frame.</param>
    /// <exception cref="ArgumentException">The span is not a whole number of frames.</exception>
    public static void Apply(Span<float> frames, int features)
    {
        if (features < 1 || frames.Length % features != 0)
            throw new ArgumentException($"{frames.Length} numbers are not whole frames of {features}.");
        int count = frames.Length / features;
        if (count == 0)
            return;

        int feature = 0;
        for (; feature + Vector<float>.Count <= features; feature += Vector<float>.Count)
            NormaliseColumns(frames, feature, features, count);
        for (; feature < features; feature++)
            NormaliseColumn(frames, feature, features, count);
    }

    private static void NormaliseColumns(Span<float> frames, int feature, int features, int count)
    {
        Vector<double> low = Vector<double>.Zero;
        Vector<double> high = Vector<double>.Zero;
        for (int at = feature; at < frames.Length; at += features)
        {
            Vector.Widen(new Vector<float>(frames[at..]), out Vector<double> a, out Vector<double> b);
            low += a;
            high += b;
        }

        Vector<float> mean = Vector.Narrow(low / count, high / count);
        (low, high) = (Vector<double>.Zero, Vector<double>.Zero);
        for (int at = feature; at < frames.Length; at += features)
        {
            Vector<float> x = new Vector<float>(frames[at..]) - mean;
            Vector.Widen(x, out Vector<double> a, out Vector<double> b);
            low += a * a;
            high += b * b;
        }

        Vector<double> floor = new(VarianceFloor);
        Vector<float> scale = Vector.Narrow(
            Vector<double>.One / Vector.SquareRoot((low / count) + floor), Vector<double>.One / Vector.SquareRoot((high / count) + floor));
        for (int at = feature; at < frames.Length; at += features)
            ((new Vector<float>(frames[at..]) - mean) * scale).CopyTo(frames[at..]);
    }

    private static void NormaliseColumn(Span<float> frames, int feature, int features, int count)
    {
        double sum = 0;
        for (int at = feature; at < frames.Length; at += features)
            sum += frames[at];
        float mean = (float)(sum / count);
        sum = 0;
        for (int at = feature; at < frames.Length; at += features)
        {
            double x = frames[at] - mean;
            sum += x * x;
        }

        float scale = (float)(1 / Math.Sqrt((sum / count) + VarianceFloor));
        for (int at = feature; at < frames.Length; at += features)
            frames[at] = (frames[at] - mean) * scale;
    }
}
