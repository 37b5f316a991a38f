using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Language.Tests.Metrics;

public sealed class EvaluationReportTests
{
    [Fact]
    public void Totals_are_kept_overall_per_corpus_and_per_speaker()
    {
        EvaluationReport report = Filled();
        Assert.Equal((5, 2), (report.Total.Utterances, report.Total.CorrectUtterances));
        Assert.Equal(new EditCounts(2, 1, 2, 11), report.Total.Words);
        Assert.Equal(5.0 / 11, report.Total.WordErrorRate);
        Assert.Equal(["", "coffee", "digits"], report.Corpora.Keys);
        Assert.Equal(new EditCounts(1, 0, 0, 2), report.Corpora["digits"].Words);
        Assert.Equal(0.5, report.Corpora["digits"].WordErrorRate);
        Assert.Equal([("", ""), ("coffee", "ann"), ("coffee", "bob"), ("digits", "ann")], report.Speakers.Keys);
        Assert.Equal(new EditCounts(0, 1, 0, 4), report.Speakers[("coffee", "bob")].Words);
        Assert.Equal(2, report.Speakers[("digits", "ann")].Utterances);
    }

    [Fact]
    public void Totals_equal_the_single_accumulators()
    {
        WordErrorRate words = new();
        CharacterErrorRate characters = new();
        EvaluationReport report = Filled();
        foreach (UtteranceScore utterance in report.Utterances)
        {
            Assert.Equal(utterance.Words, words.Add(utterance.Reference, utterance.Hypothesis));
            Assert.Equal(utterance.Characters, characters.Add(utterance.Reference, utterance.Hypothesis));
        }

        Assert.Equal(words.Total, report.Total.Words);
        Assert.Equal(characters.Rate, report.Total.CharacterErrorRate);
        Assert.Equal(words.CorrectUtterances, report.Total.CorrectUtterances);
    }

    [Fact]
    public void Best_median_and_worst_come_from_one_order()
    {
        EvaluationReport report = Filled();
        Assert.Equal(["c1", "d1"], report.Best(2).Select(u => u.Name));
        Assert.Equal(["c2"], report.Median(1).Select(u => u.Name));
        Assert.Equal(["d1", "c2", "d2"], report.Median(3).Select(u => u.Name));
        Assert.Equal(["x", "d2"], report.Worst(2).Select(u => u.Name));
        Assert.Equal(5, report.Best(100).Count);
        Assert.Equal(report.Best(100).Reverse(), report.Worst(100));
        Assert.Equal(5, report.Median(100).Count);
        Assert.Empty(new EvaluationReport().Median(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => report.Best(-1));
    }

    [Fact]
    public void Confidences_of_recognised_words_are_held_against_what_was_said()
    {
        EvaluationReport report = new();
        report.Add("a", "no sugar in it", "no shugar it", duration: TimeSpan.FromSeconds(2), confidences: [0.95, 0.35, 0.9]);
        Assert.Equal(3, report.Reliability.Words);
        Assert.Equal([1L, 2], report.Reliability.Bins.Where(b => b.Words > 0).Select(b => b.Words));
        Assert.Equal(2, report.Reliability.Bins[9].Correct);
        Assert.Equal(TimeSpan.FromSeconds(2), report.Utterances[0].Duration);
        Assert.Throws<ArgumentException>(() => report.Add("b", "one", "one two", confidences: [1]));
    }

    private static EvaluationReport Filled()
    {
        EvaluationReport report = new();
        report.Add("d1", "one", "one", "digits", "ann");
        report.Add("d2", "two", "too", "digits", "ann");
        report.Add("c1", "make me a coffee", "make me a coffee", "coffee", "ann");
        report.Add("c2", "no sugar in it", "no sugar it", "coffee", "bob");
        report.Add("x", "noise", "the noisy street");
        return report;
    }
}
