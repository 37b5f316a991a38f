using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class CtcLikelihoodTests
{
    private static readonly Alphabet Small = new("ab ");

    [Fact]
    public void It_is_the_sum_over_all_paths_that_collapse_to_the_text()
    {
        Random random = new(4);
        CtcLikelihood likelihood = new(Small);
        float[] values = CtcEnumeration.Random(random, 6, 4);
        foreach (int[] text in new int[][] { [], [0], [0, 1], [1, 1], [0, 2, 0], [0, 0, 0] })
        {
            double expected = CtcEnumeration.Paths(values, 4).Where(p => CtcEnumeration.Collapse(p.Path, 3).SequenceEqual(text)).Sum(p => p.Probability);
            Assert.Equal(expected, Math.Exp(likelihood.LogProbability(values, text)), 9);
        }
    }

    [Fact]
    public void A_text_that_does_not_fit_has_no_probability()
    {
        CtcLikelihood likelihood = new(Small);
        Assert.Equal(double.NegativeInfinity, likelihood.LogProbability(new float[2 * 4], [1, 1]));
        Assert.Equal(double.NegativeInfinity, likelihood.LogProbability([], [0]));
        Assert.Equal(0, likelihood.LogProbability([], []));
    }

    [Fact]
    public void What_is_no_label_is_refused() =>
        Assert.Contains("3 is no label", Assert.Throws<ArgumentException>(() => new CtcLikelihood(Small).LogProbability(new float[8], [3])).Message, StringComparison.Ordinal);
}
