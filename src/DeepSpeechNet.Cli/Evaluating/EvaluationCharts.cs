using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>The pictures of an evaluation.</summary>
internal static class EvaluationCharts
{
    private const int Groups = 8;

    /// <summary>Confidence against what it was worth: bars of accuracy, whiskers of 95 %, the dotted line where both agree.</summary>
    public static string Reliability(Reliability reliability)
    {
        Plot plot = new Plot(420, 330, 0, 1, 1, "Share of right words by confidence")
            .Axes("confidence of a word", "right", Whole, Whole);
        foreach (ReliabilityBin bin in reliability.Bins)
        {
            if (bin.Words == 0)
                continue;
            string title = $"{bin.Words} words of {Whole(bin.Low)} to {Whole(bin.High)}: mean confidence {Rates.Percent(bin.MeanConfidence)}, right {Rates.Percent(bin.Accuracy)}";
            RateInterval interval = RateInterval.Wilson(bin.Correct, bin.Words);
            double middle = (bin.Low + bin.High) / 2;
            plot.Box("bar", bin.Low, bin.High, 0, Math.Min(bin.Accuracy, bin.MeanConfidence), title);
            plot.Box(bin.Accuracy < bin.MeanConfidence ? "over" : "under", bin.Low, bin.High, bin.Accuracy, bin.MeanConfidence, title);
            plot.Line("whisker", middle, interval.Low, middle, interval.High);
        }

        return plot.Line("ideal", 0, 0, 1, 1).End();
    }

    /// <summary>How many words have which confidence.</summary>
    public static string Confidences(Reliability reliability)
    {
        double most = reliability.Bins.Max(b => b.Words) / (double)Math.Max(1, reliability.Words);
        Plot plot = new Plot(420, 170, 0, 1, most, "Share of words by confidence").Axes("confidence of a word", "words", Whole, Whole);
        foreach (ReliabilityBin bin in reliability.Bins)
            plot.Box("bar", bin.Low, bin.High, 0, bin.Words / (double)Math.Max(1, reliability.Words), $"{bin.Words} words");
        return plot.End();
    }

    /// <summary>Word error rate against a measure of the utterances, in groups of like number; null where they do not differ in it.</summary>
    public static string? ByMeasure(IReadOnlyList<UtteranceScore> utterances, Func<UtteranceScore, double> measure, string title, string unit)
    {
        RateByMeasure[] groups = [.. RateByMeasure.Cut(utterances.Where(u => u.Words.ReferenceLength > 0), measure, Groups)];
        if (groups.Length < 2)
            return null;
        double highest = Math.Min(1, groups.Max(g => g.Interval.High));
        Plot plot = new Plot(420, 330, Math.Min(0, groups[0].Low), groups[^1].High, highest, $"Word error rate by {title}")
            .Axes($"{title}{(unit.Length > 0 ? ", " + unit : "")}", "word error rate", v => $"{v:0.##}", Fine);
        for (int i = 1; i < groups.Length; i++)
            plot.Line("trend", Middle(groups[i - 1]), groups[i - 1].Words.Rate, Middle(groups[i]), groups[i].Words.Rate);
        foreach (RateByMeasure group in groups)
        {
            plot.Line("whisker", Middle(group), group.Interval.Low, Middle(group), group.Interval.High);
            plot.Dot("dot", Middle(group), group.Words.Rate, $"{group.Utterances} utterances of {group.Low:0.##} to {group.High:0.##} {unit}: {Rates.Percent(group.Words.Rate)}");
        }

        return plot.End();
    }

    /// <summary>One rate with its interval as a short line in a table, 0 to <paramref name="widest"/>.</summary>
    public static string Interval(double rate, RateInterval interval, double widest)
    {
        string X(double value) => $"{300 * Math.Min(1, value / widest):0.#}";
        return "<svg class=\"interval\" viewBox=\"-6 0 312 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><line class=\"grid\" x1=\"0\" x2=\"300\" y1=\"10\" y2=\"10\"/>" +
            $"<line class=\"whisker\" x1=\"{X(interval.Low)}\" x2=\"{X(interval.High)}\" y1=\"10\" y2=\"10\"/><line class=\"mark\" x1=\"{X(rate)}\" x2=\"{X(rate)}\" y1=\"3\" y2=\"17\"/></svg>";
    }

    private static double Middle(RateByMeasure group) => (group.Low + group.High) / 2;

    private static string Whole(double value) => $"{100 * value:0} %";

    private static string Fine(double value) => $"{100 * value:0.#} %";
}
