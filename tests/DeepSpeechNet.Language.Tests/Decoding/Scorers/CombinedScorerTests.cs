using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Scorers;

namespace DeepSpeechNet.Language.Tests.Decoding.Scorers;

public sealed class CombinedScorerTests
{
    private static readonly Alphabet Small = new("ab ");

    [Fact]
    public void Scores_of_the_parts_add_up()
    {
        BigramScorer first = Scorer(1), second = Scorer(2), third = Scorer(3);
        CombinedScorer sum = new(first, second, third);
        int[] labels = [0, 1, 1, 2, 0, 0, 2, 1];
        double expected = ScorerWalk.Score(first, labels) + ScorerWalk.Score(second, labels) + ScorerWalk.Score(third, labels);
        Assert.Equal(expected, ScorerWalk.Score(sum, labels), 4);
        ScorerWalk.AssertSearchIsExact(Small, new CombinedScorer(Scorer(4), Scorer(5)), words: false);
        ScorerWalk.AssertChunksChangeNothing(Small, () => new CombinedScorer(Scorer(6), Scorer(7)));
    }

    [Fact]
    public void States_of_the_parts_are_given_back()
    {
        BigramScorer first = Scorer(1), second = Scorer(2);
        PrefixBeamDecoder decoder = new(Small, new PrefixBeamOptions { BeamWidth = 4 }, new CombinedScorer(first, second));
        decoder.Accept(CtcEnumeration.Random(new Random(1), 200, 4));
        Assert.Equal(first.Alive, second.Alive);
        Assert.InRange(first.Alive, 1, decoder.NodeCount);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new CombinedScorer());
        Assert.Throws<ArgumentException>(() => new CombinedScorer(Scorer(1), new BigramScorer(new float[3, 2], new float[3])));
    }

    private static BigramScorer Scorer(int seed)
    {
        Random random = new(seed);
        float[,] scores = new float[4, 3];
        float[] ends = new float[4];
        for (int last = 0; last < 4; last++)
        {
            ends[last] = -random.NextSingle();
            for (int c = 0; c < 3; c++) scores[last, c] = 0.5f - (2 * random.NextSingle());
        }

        return new BigramScorer(scores, ends);
    }
}
