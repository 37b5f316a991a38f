namespace DeepSpeechNet.Language.Decoding;

/// <summary>Arithmetic on natural logarithms of probabilities.</summary>
internal static class LogMath
{
    /// <summary>log(e^a + e^b), right for negative infinity on either side.</summary>
    public static double Add(double a, double b)
    {
        if (a < b) (a, b) = (b, a);

        // Beyond e^-37 the smaller one is below half a unit in the last place of the larger; this also takes in b = -infinity.
        return b < a - 37 || double.IsNegativeInfinity(b) ? a : a + Math.Log(1 + Math.Exp(b - a));
    }
}
