namespace DeepSpeechNet.Language.Generation;

/// <summary>
/// Linear interpolation of language models: p(w) = the sum of weight_m p_m(w) (Jelinek and Mercer 1980). The weights that make a text likeliest are found by
/// expectation and maximisation.
/// </summary>
public static class ModelMixture
{
    /// <summary>The best weights for a text.</summary>
    /// <param name="logProbabilities">For each model the log probability of each symbol of the text.</param>
    /// <param name="first">The first symbol to look at.</param>
    /// <param name="end">The one behind the last.</param>
    /// <returns>A weight for each model; they add up to 1.</returns>
    public static double[] Weights(IReadOnlyList<float[]> logProbabilities, int first, int end)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        int models = logProbabilities.Count;
        double[] weights = new double[models], shares = new double[models];
        Array.Fill(weights, 1.0 / models);
        for (int round = 0; round < 60; round++)
        {
            Array.Clear(shares);
            for (int i = first; i < end; i++)
            {
                double sum = Mix(logProbabilities, weights, i);
                for (int m = 0; m < models && sum > 0; m++)
                    shares[m] += weights[m] * Math.Exp(logProbabilities[m][i]) / sum;
            }

            double total = shares.Sum();
            for (int m = 0; m < models; m++)
                weights[m] = shares[m] / total;
        }

        return weights;
    }

    /// <summary>The log probability of a stretch of the text under the mixture.</summary>
    public static double LogLikelihood(IReadOnlyList<float[]> logProbabilities, ReadOnlySpan<double> weights, int first, int end)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        double sum = 0;
        for (int i = first; i < end; i++)
            sum += Math.Log(Mix(logProbabilities, weights, i));
        return sum;
    }

    private static double Mix(IReadOnlyList<float[]> logProbabilities, ReadOnlySpan<double> weights, int place)
    {
        double sum = 0;
        for (int m = 0; m < weights.Length; m++)
            sum += weights[m] * Math.Exp(logProbabilities[m][place]);
        return sum;
    }
}
