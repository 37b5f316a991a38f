using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Language.Tests.Metrics;

public sealed class RateByMeasureTests
{
    [Fact]
    public void Groups_are_of_like_size_and_hold_every_utterance_once()
    {
        EvaluationReport report = new();
        for (int i = 0; i < 10; i++)
            report.Add($"{i}", "one", i < 5 ? "one" : "two", duration: TimeSpan.FromSeconds(10 - i));
        IReadOnlyList<RateByMeasure> groups = RateByMeasure.Cut(report.Utterances, u => u.Duration.TotalSeconds, 2);
        Assert.Equal([(1.0, 5.0, 5, 1.0), (6, 10, 5, 0)], groups.Select(g => (g.Low, g.High, g.Utterances, g.Words.Rate)));
    }

    [Fact]
    public void Equal_values_never_part()
    {
        EvaluationReport report = new();
        for (int i = 0; i < 9; i++)
            report.Add($"{i}", "one", "one", duration: TimeSpan.FromSeconds(i < 7 ? 1 : i));
        IReadOnlyList<RateByMeasure> groups = RateByMeasure.Cut(report.Utterances, u => u.Duration.TotalSeconds, 3);
        Assert.Equal([7, 2], groups.Select(g => g.Utterances));
        Assert.Empty(RateByMeasure.Cut([], u => 0, 3));
    }
}
