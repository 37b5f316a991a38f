using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.Decoding.Scorers;

public sealed class CharacterScorerTests
{
    private static readonly Alphabet Small = new("ab ");
    private static readonly ScorerOptions Weights = new() { Weight = 0.6, WordBonus = 0.8 };
    private static readonly int[] Identity = [0, 1, 2];

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("a ba b")]
    [InlineData(" a  b ")]
    public void A_character_n_gram_scores_every_symbol(string text)
    {
        using NGramModel model = SmallModels.Letters();
        NGramState state = model.Begin;
        double expected = 0.8 * text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        foreach (char c in text) expected += 0.6 * model.Score(state, c == ' ' ? model.Vocabulary.Space : model.Vocabulary.Find($"{c}"), out state);
        expected += 0.6 * model.Score(state, Vocabulary.End, out _);
        Assert.Equal(expected, ScorerWalk.Score(new CharacterNGramScorer(model, Small, Weights), Small, text), 4);
    }

    [Fact]
    public void A_search_with_a_character_n_gram_is_exact_and_independent_of_chunks()
    {
        using NGramModel model = SmallModels.Letters();
        ScorerWalk.AssertSearchIsExact(Small, new CharacterNGramScorer(model, Small, Weights));
        ScorerWalk.AssertChunksChangeNothing(Small, () => new CharacterNGramScorer(model, Small, Weights));
        ScorerWalk.AssertFramesAllocateNothing(Small, new CharacterNGramScorer(model, Small, Weights));
    }

    [Fact]
    public void Models_that_do_not_fit_are_refused()
    {
        using NGramModel letters = SmallModels.Letters(), words = SmallModels.Words();
        Assert.Contains("words", Assert.Throws<ArgumentException>(() => new CharacterNGramScorer(words, Small)).Message);
        Assert.Contains("'c'", Assert.Throws<ArgumentException>(() => new CharacterNGramScorer(letters, new Alphabet("abc "))).Message);
        using CpuDevice device = SmallModels.Device();
        using LanguageStepper stepper = new(SmallModels.Neural(device, new CharacterTokens(Small)));
        Assert.Throws<ArgumentException>(() => new CharacterNeuralScorer(stepper, Small, [0, 1]));
        Assert.Throws<ArgumentException>(() => new CharacterNeuralScorer(stepper, Small, [0, 1, 4]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("a ba b")]
    [InlineData("b ")]
    public void A_character_network_scores_every_symbol(string text)
    {
        using CpuDevice device = SmallModels.Device();
        NeuralLanguageModel model = SmallModels.Neural(device, new CharacterTokens(Small));
        using LanguageStepper reference = new(model), stepper = new(model);
        double expected = (0.6 * SmallModels.LogProbability(reference, Small.Encode(text))) + (0.8 * text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(expected, ScorerWalk.Score(new CharacterNeuralScorer(stepper, Small, Identity, Weights), Small, text), 4);
    }

    [Fact]
    public void A_search_with_a_character_network_is_exact_and_independent_of_chunks()
    {
        using CpuDevice device = SmallModels.Device();
        NeuralLanguageModel model = SmallModels.Neural(device, new CharacterTokens(Small));
        using LanguageStepper stepper = new(model);
        ScorerWalk.AssertSearchIsExact(Small, new CharacterNeuralScorer(stepper, Small, Identity, Weights), frames: 5);
        ScorerWalk.AssertChunksChangeNothing(Small, () => new CharacterNeuralScorer(stepper, Small, Identity, Weights), width: 8);
    }

    [Fact]
    public void A_combination_of_words_and_a_character_network_is_independent_of_chunks()
    {
        using CpuDevice device = SmallModels.Device();
        using NGramModel words = SmallModels.Words();
        using LanguageStepper stepper = new(SmallModels.Neural(device, new CharacterTokens(Small)));
        CombinedScorer Create() => new(new WordScorer(words, WordScorer.TrieOf(words, Small), Weights), new CharacterNeuralScorer(stepper, Small, Identity, Weights));
        ScorerWalk.AssertSearchIsExact(Small, Create(), frames: 5);
        ScorerWalk.AssertChunksChangeNothing(Small, Create, width: 8);
    }
}
