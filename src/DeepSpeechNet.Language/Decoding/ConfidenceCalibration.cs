namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// Turns a raw confidence into one that means what it says, by a logistic curve (Platt 1999):
/// <code>
/// calibrated = 1 / (1 + exp(-(Slope * log(p / (1 - p)) + Offset)))
/// </code>
/// Slope 1 and offset 0 change nothing; with offset 0 the slope is the inverse of a temperature (Guo et al. 2017).
/// </summary>
/// <param name="Slope">How much the raw confidence counts; 0 or above.</param>
/// <param name="Offset">What is added, in log odds.</param>
public readonly record struct ConfidenceCalibration(double Slope, double Offset)
{
    // Odds beyond these say nothing more about a word.
    private const double Edge = 1e-6;

    /// <summary>Leaves confidences as they are.</summary>
    public static ConfidenceCalibration None { get; } = new(1, 0);

    /// <summary>The calibrated confidence.</summary>
    /// <param name="confidence">The raw one, 0 to 1.</param>
    public double Apply(double confidence) => this == None ? confidence : Logistic((Slope * LogOdds(confidence)) + Offset);

    /// <summary>
    /// The curve of the highest likelihood (Newton's method), with a little weight (one word's) on a change from none, so that
    /// words that are all right or all wrong do not run off to infinity. A negative slope is never fitted.
    /// </summary>
    /// <param name="words">Raw confidences, and whether the word was right.</param>
    public static ConfidenceCalibration Fit(IReadOnlyList<(double Confidence, bool Correct)> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        double slope = 1, offset = 0;
        for (int iteration = 0; iteration < 50; iteration++)
        {
            // Gradient and Hessian of the penalised log-likelihood.
            double gs = 1 - slope, go = -offset, ss = 1, so = 0, oo = 1;
            foreach ((double confidence, bool correct) in words)
            {
                double x = LogOdds(confidence), p = Logistic((slope * x) + offset), error = (correct ? 1 : 0) - p, weight = p * (1 - p);
                gs += error * x;
                go += error;
                ss += weight * x * x;
                so += weight * x;
                oo += weight;
            }

            double determinant = (ss * oo) - (so * so);
            double ds = ((oo * gs) - (so * go)) / determinant, d0 = ((ss * go) - (so * gs)) / determinant;

            // Newton may overshoot far from the maximum: half the way as often as it takes.
            double step = 1, before = Likelihood(words, slope, offset);
            while (step > 1e-6 && !(Likelihood(words, slope + (step * ds), offset + (step * d0)) >= before)) step /= 2;
            slope += step * ds;
            offset += step * d0;
            if (Math.Abs(ds) + Math.Abs(d0) < 1e-9) break;
        }

        if (slope >= 0) return new ConfidenceCalibration(slope, offset);

        // Confidence that speaks against itself is not to be trusted at all: the share of right words for everything.
        double right = (words.Count(w => w.Correct) + 1.0) / (words.Count + 2.0);
        return new ConfidenceCalibration(0, LogOdds(right));
    }

    /// <summary>The penalised log-likelihood.</summary>
    private static double Likelihood(IReadOnlyList<(double Confidence, bool Correct)> words, double slope, double offset)
    {
        double sum = -0.5 * (((slope - 1) * (slope - 1)) + (offset * offset));
        foreach ((double confidence, bool correct) in words)
        {
            double x = (slope * LogOdds(confidence)) + offset;
            if (!correct) x = -x;
            sum += x >= 0 ? -Math.Log(1 + Math.Exp(-x)) : x - Math.Log(1 + Math.Exp(x));
        }

        return sum;
    }

    private static double LogOdds(double p)
    {
        p = Math.Clamp(p, Edge, 1 - Edge);
        return Math.Log(p / (1 - p));
    }

    private static double Logistic(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));
}
