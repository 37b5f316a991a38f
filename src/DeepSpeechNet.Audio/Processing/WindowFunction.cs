namespace DeepSpeechNet.Audio.Processing;

/// <summary>The values of a <see cref="WindowShape"/>.</summary>
public static class WindowFunction
{
    /// <summary>
    /// The window over <paramref name="length"/> samples, by the formula in the doc comment of its <see cref="WindowShape"/>.
    /// </summary>
    /// <param name="shape">Which window.</param>
    /// <param name="length">W, 1 or more; a window of one sample is 1.</param>
    /// <exception cref="ArgumentException">The shape is not a known one, or the length is below 1.</exception>
    public static float[] Create(WindowShape shape, int length)
    {
        if (length < 1)
            throw new ArgumentException($"A window of {length} samples was asked for; it must have at least 1.");
        float[] window = new float[length];
        for (int n = 0; n < length; n++)
        {
            double a = length == 1 ? Math.PI : 2 * Math.PI * n / (length - 1);
            window[n] = (float)(shape switch
            {
                WindowShape.Hann => 0.5 - (0.5 * Math.Cos(a)),
                WindowShape.Hamming => 0.54 - (0.46 * Math.Cos(a)),
                WindowShape.Povey => Math.Pow(0.5 - (0.5 * Math.Cos(a)), 0.85),
                WindowShape.Blackman => 0.42 - (0.5 * Math.Cos(a)) + (0.08 * Math.Cos(2 * a)),
                WindowShape.Rectangular => 1,
                _ => throw new ArgumentException($"{nameof(WindowShape)} {shape} is not known."),
            });
        }

        return window;
    }
}
