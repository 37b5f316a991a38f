namespace DeepSpeechNet.Testing.Reference;

/// <summary>
/// CTC in plain double precision, written from Graves et al. 2006 without regard to speed: by enumeration of all paths, and by the
/// forward-backward recursions over logarithms. Logits are [frame][class].
/// </summary>
public static class ReferenceCtc
{
    /// <summary>The loss as the sum over every path of A^T that collapses to the labels; for tiny cases.</summary>
    public static double LossByEnumeration(double[][] logits, int[] labels, int blank)
    {
        double[][] log = LogSoftmax(logits);
        int classes = log[0].Length;
        int[] path = new int[log.Length];
        double probability = 0;
        while (true)
        {
            if (Collapse(path, blank).SequenceEqual(labels))
                probability += Math.Exp(path.Select((c, t) => log[t][c]).Sum());
            int t = 0;
            while (t < path.Length && ++path[t] == classes)
                path[t++] = 0;
            if (t == path.Length)
                return -Math.Log(probability);
        }
    }

    /// <summary>A path without its repeats and then without its blanks.</summary>
    public static int[] Collapse(int[] path, int blank)
    {
        List<int> labels = [];
        for (int t = 0; t < path.Length; t++)
        {
            if (path[t] != blank && (t == 0 || path[t] != path[t - 1]))
                labels.Add(path[t]);
        }

        return [.. labels];
    }

    /// <summary>The loss, and its gradient with respect to the logits where asked, by recursion over logarithms.</summary>
    public static (double Loss, double[][]? Gradient) Compute(double[][] logits, int[] labels, int blank, bool withGradient = true)
    {
        double[][] log = LogSoftmax(logits);
        int frames = log.Length;
        int states = (2 * labels.Length) + 1;
        int Class(int s) => s % 2 == 0 ? blank : labels[s / 2];
        bool Skips(int s) => s >= 3 && s % 2 == 1 && labels[s / 2] != labels[(s / 2) - 1];

        double[][] alpha = new double[frames][];
        for (int t = 0; t < frames; t++)
        {
            alpha[t] = new double[states];
            for (int s = 0; s < states; s++)
            {
                double sum = t == 0
                    ? (s <= 1 ? 0 : double.NegativeInfinity)
                    : Add(Add(alpha[t - 1][s], s >= 1 ? alpha[t - 1][s - 1] : double.NegativeInfinity), Skips(s) ? alpha[t - 1][s - 2] : double.NegativeInfinity);
                alpha[t][s] = sum + log[t][Class(s)];
            }
        }

        double total = Add(alpha[^1][states - 1], states > 1 ? alpha[^1][states - 2] : double.NegativeInfinity);
        if (!withGradient || double.IsNegativeInfinity(total))
            return (-total, null);

        double[][] gradient = new double[frames][];
        double[] beta = new double[states + 2];
        Array.Fill(beta, double.NegativeInfinity);
        beta[states - 1] = 0;
        if (states > 1)
            beta[states - 2] = 0;
        for (int t = frames - 1; t >= 0; t--)
        {
            gradient[t] = [.. log[t].Select(Math.Exp)];
            for (int s = 0; s < states; s++)
                gradient[t][Class(s)] -= Math.Exp(alpha[t][s] + beta[s] - total);
            double[] earlier = new double[states + 2];
            Array.Fill(earlier, double.NegativeInfinity);
            double Through(int s) => s < states ? beta[s] + log[t][Class(s)] : double.NegativeInfinity;
            for (int s = 0; s < states; s++)
                earlier[s] = Add(Add(Through(s), Through(s + 1)), s + 2 < states && Skips(s + 2) ? Through(s + 2) : double.NegativeInfinity);
            beta = earlier;
        }

        return (-total, gradient);
    }

    private static double[][] LogSoftmax(double[][] logits)
    {
        double[][] result = new double[logits.Length][];
        for (int t = 0; t < logits.Length; t++)
        {
            double maximum = logits[t].Max();
            double normaliser = maximum + Math.Log(logits[t].Sum(x => Math.Exp(x - maximum)));
            result[t] = [.. logits[t].Select(x => x - normaliser)];
        }

        return result;
    }

    private static double Add(double a, double b)
    {
        if (double.IsNegativeInfinity(a))
            return b;
        if (double.IsNegativeInfinity(b))
            return a;
        double difference = -Math.Abs(a - b);
        double e = Math.Exp(difference);

        // log(1 + e) loses the digits of a small e; its series does not.
        return Math.Max(a, b) + (e < 1e-5 ? e - (e * e / 2) : Math.Log(1 + e));
    }
}
