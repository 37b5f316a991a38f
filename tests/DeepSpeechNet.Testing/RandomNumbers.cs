namespace DeepSpeechNet.Testing;

/// <summary>Arrays of random numbers from seeds.</summary>
public static class RandomNumbers
{
    /// <summary>Uniform in [-scale, scale] around <paramref name="centre"/>.</summary>
    public static float[] Floats(int seed, long count, float scale = 1, float centre = 0)
    {
        Random random = new(seed);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = centre + (((2 * random.NextSingle()) - 1) * scale);
        return values;
    }

    /// <summary>The same numbers in double precision.</summary>
    public static double[] Doubles(this float[] values) => Array.ConvertAll(values, v => (double)v);
}
