namespace DeepSpeechNet.Testing;

/// <summary>How far apart two arrays lie.</summary>
public static class Closeness
{
    /// <summary>||a - b|| / max(||a||, ||b||), 0 for two arrays of zeros, infinity where a number is not finite.</summary>
    public static double RelativeError(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"{a.Length} numbers cannot be compared with {b.Length}.", nameof(b));
        double distance = 0, left = 0, right = 0;
        for (int i = 0; i < a.Length; i++)
        {
            distance += (a[i] - b[i]) * (a[i] - b[i]);
            left += a[i] * a[i];
            right += b[i] * b[i];
        }

        if (!double.IsFinite(distance))
            return double.PositiveInfinity;
        return distance == 0 ? 0 : Math.Sqrt(distance) / Math.Sqrt(Math.Max(left, right));
    }

    /// <summary>The same of single-precision results against a reference.</summary>
    public static double RelativeError(float[] actual, double[] expected) => RelativeError(actual.Doubles(), expected);
}
