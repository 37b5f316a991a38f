using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class ScorerTraceTests
{
    [Fact]
    public void It_gives_what_the_beam_adds_for_the_same_text_symbol_by_symbol()
    {
        float[,] scores = { { -1, -2 }, { -3, -4 }, { -5, -6 } };
        BigramScorer scorer = new(scores, [-7, -8, -9]);
        float[] trace = ScorerTrace.Scores(scorer, [0, 1, 1]);
        Assert.Equal([-5, -2, -4, -8], trace);
        Assert.Equal(scorer.ScoreOf([0, 1, 1], end: true), trace.Sum(), 6);
        Assert.Equal(0, scorer.Alive);
        Assert.Equal([-9], ScorerTrace.Scores(scorer, []));
    }

    [Fact]
    public void What_is_no_symbol_is_refused() =>
        Assert.Throws<ArgumentException>(() => ScorerTrace.Scores(new BigramScorer(new float[3, 2], [0, 0, 0]), [2]));
}
