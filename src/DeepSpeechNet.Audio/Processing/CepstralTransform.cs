namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// From M logarithms of band energies to cepstral coefficients: the orthonormal cosine transform of kind II, c[n] = sqrt(2 / M)
/// sum over m of e[m] cos(pi n (m + 1/2) / M), with sqrt(1 / M) for n = 0 (Davis and Mermelstein 1980; HTK book, "Cepstral
/// Features", with Kaldi's scale of c[0]), times the lifter 1 + L/2 sin(pi n / L) (the same section).
/// </summary>
public static class CepstralTransform
{
    /// <summary>The transform and the lifter as one matrix <c>[coefficients, bands]</c>, row-major.</summary>
    /// <param name="coefficients">How many coefficients, the zeroth included.</param>
    /// <param name="bands">M, the number of bands.</param>
    /// <param name="lifter">L; 0 for none.</param>
    /// <exception cref="ArgumentException">There are fewer than one, or more coefficients than bands.</exception>
    public static float[] Matrix(int coefficients, int bands, double lifter)
    {
        if (coefficients < 1 || coefficients > bands)
            throw new ArgumentException($"{coefficients} cepstral coefficients of {bands} bands were asked for; there are 1 to {bands}.");
        float[] matrix = new float[coefficients * bands];
        for (int n = 0; n < coefficients; n++)
        {
            double scale = Math.Sqrt((n == 0 ? 1.0 : 2.0) / bands);
            if (lifter > 0)
                scale *= 1 + (lifter / 2 * Math.Sin(Math.PI * n / lifter));
            for (int m = 0; m < bands; m++)
                matrix[(n * bands) + m] = (float)(scale * Math.Cos(Math.PI * n * (m + 0.5) / bands));
        }

        return matrix;
    }
}
