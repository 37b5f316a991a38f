namespace DeepSpeechNet.Language.Tests.Decoding;

/// <summary>Every path through small posteriors, one by one, in plain probabilities: what decoders are checked against.</summary>
internal static class CtcEnumeration
{
    /// <summary>Random log-probabilities, [time, class]; a higher sharpness is nearer to a trained network.</summary>
    public static float[] Random(Random random, int frames, int classes, double sharpness = 2)
    {
        float[] values = new float[frames * classes];
        for (int t = 0; t < frames; t++)
        {
            double[] row = new double[classes];
            for (int c = 0; c < classes; c++) row[c] = Math.Exp(sharpness * (random.NextDouble() + random.NextDouble() - 1) * 2);
            double sum = row.Sum();
            for (int c = 0; c < classes; c++) values[(t * classes) + c] = (float)Math.Log(row[c] / sum);
        }

        return values;
    }

    /// <summary>Log-probabilities in which each frame gives one class a probability and the others equal shares of the rest.</summary>
    public static float[] Peaked(int classes, double probability, params int[] path)
    {
        float[] values = new float[path.Length * classes];
        Array.Fill(values, (float)Math.Log((1 - probability) / (classes - 1)));
        for (int t = 0; t < path.Length; t++) values[(t * classes) + path[t]] = (float)Math.Log(probability);
        return values;
    }

    /// <summary>All paths with their probabilities.</summary>
    public static IEnumerable<(int[] Path, double Probability)> Paths(float[] values, int classes)
    {
        int frames = values.Length / classes;
        int[] path = new int[frames];
        long count = (long)Math.Pow(classes, frames);
        for (long n = 0; n < count; n++)
        {
            double probability = 1;
            long rest = n;
            for (int t = 0; t < frames; t++)
            {
                path[t] = (int)(rest % classes);
                rest /= classes;
                probability *= Math.Exp(values[(t * classes) + path[t]]);
            }

            yield return ([.. path], probability);
        }
    }

    /// <summary>The labels that a path collapses to.</summary>
    public static int[] Collapse(ReadOnlySpan<int> path, int blank)
    {
        List<int> labels = [];
        int last = blank;
        foreach (int c in path)
        {
            if (c != blank && c != last) labels.Add(c);
            last = c;
        }

        return [.. labels];
    }

    /// <summary>The probability of every labelling; keys are the labels joined by commas.</summary>
    public static Dictionary<string, double> Labellings(float[] values, int classes)
    {
        Dictionary<string, double> sums = [];
        foreach ((int[] path, double probability) in Paths(values, classes))
        {
            string key = Key(Collapse(path, classes - 1));
            sums[key] = sums.GetValueOrDefault(key) + probability;
        }

        return sums;
    }

    /// <summary>Labels joined by commas.</summary>
    public static string Key(IEnumerable<int> labels) => string.Join(',', labels);
}
