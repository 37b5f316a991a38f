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
        double[][] found = [];
        NeuralTextScorer scorer = new(stepper, new CharacterTokens(Small));
        for (int round = 0; round < 2; round++)
        {
            found = scorer.Score(Texts);
            for (int i = 0; i < Texts.Length; i++) Assert.Equal(SmallModels.LogProbability(reference, Small.Encode(Texts[i])), found[i].Sum(), 4);
            Assert.Equal(1, stepper.StateCount);
        }

        for (int i = 0; i < Texts.Length; i++)
            Assert.Equal(found[i], Assert.Single(scorer.Score([Texts[i]])));
    }

    [Fact]
    public void Letters_of_words_that_a_network_of_words_does_not_know_cost_what_they_are_said_to()
    {
        using CpuDevice device = SmallModels.Device();
        WordTokens tokens = new(new Vocabulary(["a", "ab"]));
        using LanguageStepper stepper = new(SmallModels.Neural(device, tokens));
        double[][] free = new NeuralTextScorer(stepper, tokens).Score(Texts), costly = new NeuralTextScorer(stepper, tokens, unknownLetterCost: 1.5).Score(Texts);
        int[][] unknown = [[0, 0, 0], [0, 0, 0], [0], [1, 0], [0, 0, 1, 0], [0, 0, 0], [4, 2, 0]];
        for (int i = 0; i < Texts.Length; i++)
        {
            Assert.Equal(SmallModels.LogProbability(stepper, tokens.Encode(Texts[i])), free[i].Sum(), 4);
            for (int k = 0; k < unknown[i].Length; k++) Assert.Equal(free[i][k] - (1.5 * unknown[i][k]), costly[i][k], 9);
        }
    }

    [Fact]
    public void An_n_gram_model_scores_whole_texts()
    {
        using NGramModel model = SmallModels.Words();
        double[] found = Assert.Single(new NGramTextScorer(model).Score(["ab a"]));
        Assert.Equal(3, found.Length);
        Assert.Equal(Math.Log(10) * (-0.3 + -0.4 - 0.6 - 0.2 - 1.1), found.Sum(), 4);
        double[] free = Assert.Single(new NGramTextScorer(model).Score(["ab xyz"])), costly = Assert.Single(new NGramTextScorer(model, unknownLetterCost: 2).Score(["ab xyz"]));
        Assert.Equal([free[0], free[1] - 6, free[2]], costly);
    }

    [Fact]
    public void A_mixture_has_the_probability_of_each_word_from_both_models()
    {
        using CpuDevice device = SmallModels.Device();
        using NGramModel words = SmallModels.Words();
        WordTokens tokens = new(words.Vocabulary);
        using LanguageStepper stepper = new(SmallModels.Neural(device, tokens));
        NeuralTextScorer neural = new(stepper, tokens, unknownLetterCost: 1.5);
        NGramTextScorer counted = new(words, unknownLetterCost: 1.5);
        double[][] first = neural.Score(Texts), second = counted.Score(Texts), mixed = new MixedTextScorer(neural, counted, 0.3).Score(Texts);
        for (int i = 0; i < Texts.Length; i++)
        {
            Assert.Equal(first[i].Length, mixed[i].Length);
            for (int k = 0; k < mixed[i].Length; k++) Assert.Equal((0.3 * Math.Exp(first[i][k])) + (0.7 * Math.Exp(second[i][k])), Math.Exp(mixed[i][k]), 12);
        }
    }

    [Fact]
    public void Models_of_other_symbols_and_shares_out_of_range_are_refused()
    {
        using CpuDevice device = SmallModels.Device();
        using NGramModel words = SmallModels.Words();
        using LanguageStepper stepper = new(SmallModels.Neural(device, new CharacterTokens(Small)));
        MixedTextScorer mixed = new(new NeuralTextScorer(stepper, new CharacterTokens(Small)), new NGramTextScorer(words), 0.5);
        Assert.Contains("only models of the same symbols can be mixed", Assert.Throws<InvalidOperationException>(() => mixed.Score(["ab a"])).Message);
        foreach (double share in new[] { 0, 1, -0.5, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => new MixedTextScorer(new Lengths(), new Lengths(), share));
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
        public double[][] Score(IReadOnlyList<string> texts) => [.. texts.Select(t => new double[] { -t.Length })];
    }
}
