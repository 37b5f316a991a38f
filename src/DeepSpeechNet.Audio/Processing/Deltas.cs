namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Slopes of features over time by linear regression over five frames: d[t] = (c[t+1] - c[t-1] + 2 (c[t+2] - c[t-2])) / 10, where
/// frames before the first are the first and frames after the last the last (HTK book, "Delta, Acceleration and Third
/// Differential Coefficients", window 2). The slopes of slopes are the same of d.
/// </summary>
public static class Deltas
{
    /// <summary>Frames that a slope looks ahead.</summary>
    internal const int Reach = 2;

    /// <summary>Fills in the slopes behind the features of each frame.</summary>
    /// <param name="frames">
    /// <c>[time, features (order + 1)]</c>, row-major: each row starts with its features; the rest receives their slopes, then
    /// the slopes of the slopes.
    /// </param>
    /// <param name="features">Features of a frame before slopes.</param>
    /// <param name="order">1 for slopes, 2 for slopes of slopes as well; 0 leaves everything as it is.</param>
    /// <exception cref="ArgumentException">The span is not a whole number of rows, or the order is not 0 to 2.</exception>
    public static void Append(Span<float> frames, int features, int order)
    {
        if (order is < 0 or > 2 || features < 1)
        {
            throw new ArgumentException(
                $"Slopes of order {order} of {features} features were asked for; the order is 0 to 2 and there is at least one feature.");
        }

        int width = features * (order + 1);
        if (frames.Length % width != 0)
            throw new ArgumentException($"{frames.Length} numbers are not whole frames of {width}.");

        int count = frames.Length / width;
        for (int level = 1; level <= order; level++)
        {
            int source = (level - 1) * features;
            for (int t = 0; t < count; t++)
            {
                Slope(
                    frames.Slice((Math.Max(t - 2, 0) * width) + source, features),
                    frames.Slice((Math.Max(t - 1, 0) * width) + source, features),
                    frames.Slice((Math.Min(t + 1, count - 1) * width) + source, features),
                    frames.Slice((Math.Min(t + 2, count - 1) * width) + source, features),
                    frames.Slice((t * width) + source + features, features));
            }
        }
    }

    /// <summary>One frame's slopes from the frames two and one before it and one and two after it.</summary>
    internal static void Slope(
        ReadOnlySpan<float> before2, ReadOnlySpan<float> before1, ReadOnlySpan<float> after1, ReadOnlySpan<float> after2, Span<float> slope)
    {
        for (int i = 0; i < slope.Length; i++)
            slope[i] = ((after1[i] - before1[i]) + (2 * (after2[i] - before2[i]))) * 0.1f;
    }
}
