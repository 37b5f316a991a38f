using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Rescoring;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Tests.Decoding.Scorers;

namespace DeepSpeechNet.Language.Tests.Decoding.Rescoring;

public sealed class HypothesisRescorerTests
{
    private static readonly Alphabet Small = new("ab ");
    private static readonly string[] Texts = ["ab a", "ab ab", "", "b", "ab a b", "ab a", "abba ba"];

    [Fact]
    public void Hypotheses_are_ranked_by_both_passes()
    {
        HypothesisRescorer rescorer = new(new Lengths(), weight: 2, wordBonus: 0.25);
        IReadOnlyList<CtcHypothesis> rescored = rescorer.Rescore([Of("aaaa", -1), Of("a b", -2), Of("b", -3), Of("a", -3)]);
        Assert.Equal(["b", "a", "a b", "aaaa"], rescored.Select(h => h.Text));
        Assert.Equal([-4.75, -4.75, -7.5, -8.75], rescored.Select(h => h.Score));
        Assert.Equal([-3.0, -3, -2, -1], rescored.Select(h => h.LogProbability));
        Assert.Empty(rescorer.Rescore([]));
    }

    [Fact]
    public void A_network_scores_texts_side_by_side_as_it_does_one_by_one()
    {
        using CpuDevice device = SmallModels.Device();
        NeuralLanguageModel model = SmallModels.Neural(device, new CharacterTokens(Small));
        using LanguageStepper stepper = new(model), reference = new(model);
        double[] found = new double[Texts.Length];
        NeuralTextScorer scorer = new(stepper, new CharacterTokens(Small));
        for (int round = 0; round < 2; round++)
        {
            scorer.Score(Texts, found);
            for (int i = 0; i < Texts.Length; i++) Assert.Equal(SmallModels.LogProbability(reference, Small.Encode(Texts[i])), found[i], 4);
            Assert.Equal(1, stepper.StateCount);
        }

        double[] alone = new double[1];
        for (int i = 0; i < Texts.Length; i++)
        {
            scorer.Score([Texts[i]], alone);
            Assert.Equal(found[i], alone[0]);
        }
    }

    [Fact]
    public void Letters_of_words_that_a_network_of_words_does_not_know_cost_what_they_are_said_to()
    {
        using CpuDevice device = SmallModels.Device();
        WordTokens tokens = new(new Vocabulary(["a", "ab"]));
        using LanguageStepper stepper = new(SmallModels.Neural(device, tokens));
        double[] free = new double[Texts.Length], costly = new double[Texts.Length];
        new NeuralTextScorer(stepper, tokens).Score(Texts, free);
        new NeuralTextScorer(stepper, tokens, unknownLetterCost: 1.5).Score(Texts, costly);
        int[] unknown = [0, 0, 0, 1, 1, 0, 6];
        for (int i = 0; i < Texts.Length; i++)
        {
            Assert.Equal(SmallModels.LogProbability(stepper, tokens.Encode(Texts[i])), free[i], 4);
            Assert.Equal(free[i] - (1.5 * unknown[i]), costly[i], 9);
        }
    }

    [Fact]
    public void An_n_gram_model_scores_whole_texts()
    {
        using NGramModel model = SmallModels.Words();
        double[] found = new double[1];
        new NGramTextScorer(model).Score(["ab a"], found);
        Assert.Equal(Math.Log(10) * (-0.3 + -0.4 - 0.6 - 0.2 - 1.1), found[0], 4);
    }

    [Fact]
    public void Weights_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HypothesisRescorer(new Lengths(), -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HypothesisRescorer(new Lengths(), double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HypothesisRescorer(new Lengths(), 1, double.PositiveInfinity));
    }

    private static CtcHypothesis Of(string text, double score) => new(text, Small.Encode(text), score, score);

    private sealed class Lengths : ITextScorer
    {
        public void Score(IReadOnlyList<string> texts, Span<double> logProbabilities)
        {
            for (int i = 0; i < texts.Count; i++) logProbabilities[i] = -texts[i].Length;
        }
    }
}
