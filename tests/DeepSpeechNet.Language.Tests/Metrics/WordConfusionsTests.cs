using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Language.Tests.Metrics;

public sealed class WordConfusionsTests
{
    [Fact]
    public void Pairs_losses_and_additions_are_counted_the_most_frequent_first()
    {
        EvaluationReport report = new();
        report.Add("1", "go left", "wo left");
        report.Add("2", "go right now", "wo right");
        report.Add("3", "up", "cup a");
        report.Add("4", "down", "down");
        WordConfusions confusions = WordConfusions.Of(report.Utterances);
        Assert.Equal([new WordConfusion("go", "wo", 2)], confusions.Substitutions.Take(1));
        Assert.Equal([new WordConfusion("now", "", 1)], confusions.Deletions);
        Assert.Equal(1, confusions.Insertions.Sum(i => i.Count));
        long errors = confusions.Substitutions.Concat(confusions.Deletions).Concat(confusions.Insertions).Sum(c => c.Count);
        Assert.Equal(report.Total.Words.Errors, errors);
    }
}
