using System.Text;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.Decoding.Scorers;

public sealed class WordScorerTests : IDisposable
{
    private static readonly Alphabet Small = new("ab ");
    private static readonly ScorerOptions Weights = new() { Weight = 0.7, WordBonus = 0.9, UnknownLetterCost = 1.5 };

    private readonly NGramModel _model = SmallModels.Words();

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("a b a")]
    [InlineData("abba ba abba")]
    [InlineData("ba abba ab")]
    [InlineData("abb")]
    [InlineData("bbb a bbbb")]
    [InlineData(" a  b ")]
    public void A_text_scores_as_its_words_do(string text)
    {
        double expected = Expected(text, _ => false);
        Assert.Equal(expected, ScorerWalk.Score(Scorer(), Small, text), 4);
    }

    [Fact]
    public void Random_texts_score_as_their_words_do()
    {
        Random random = new(8);
        WordScorer scorer = Scorer();
        for (int i = 0; i < 300; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => "ab "[random.Next(3)]));
            Assert.Equal(Expected(text, _ => false), ScorerWalk.Score(scorer, Small, text), 4);
        }
    }

    [Fact]
    public void Within_a_word_the_best_unigram_that_is_still_possible_stands_in()
    {
        WordScorer scorer = Scorer();
        double ln10 = Math.Log(10);
        Assert.Equal(0.7 * -0.6 * ln10, ScorerWalk.Score(scorer, Small, "a", end: false), 4);
        Assert.Equal(0.7 * -0.9 * ln10, ScorerWalk.Score(scorer, Small, "ab", end: false), 4);
        Assert.Equal(0.7 * -1.7 * ln10, ScorerWalk.Score(scorer, Small, "abb", end: false), 4);
        Assert.Equal(0.7 * ((-2.0 * ln10) - (2 * 1.5)), ScorerWalk.Score(scorer, Small, "bb", end: false), 4);
    }

    [Fact]
    public void Hot_words_outside_the_vocabulary_cost_no_letters()
    {
        WordScorer scorer = Scorer();
        scorer.HotWords = HotWordList.Parse(Encoding.UTF8.GetBytes("bbab\t3\nab\t1\n"), "list", Small);
        foreach (string text in (string[])["bbab", "a bbab b", "bba", "bbabb", "bb ab", "bab bbab"])
            Assert.Equal(Expected(text, word => word == "bbab"), ScorerWalk.Score(scorer, Small, text), 4);
        scorer.HotWords = null;
        Assert.Equal(Expected("a bbab", _ => false), ScorerWalk.Score(scorer, Small, "a bbab"), 4);
    }

    [Fact]
    public void Search_is_exact_and_independent_of_chunks()
    {
        ScorerWalk.AssertSearchIsExact(Small, Scorer());
        ScorerWalk.AssertChunksChangeNothing(Small, Scorer);
        ScorerWalk.AssertFramesAllocateNothing(Small, Scorer());
    }

    [Fact]
    public void Prefixes_and_contexts_are_given_back()
    {
        NGramContexts contexts = new(_model);
        WordScorer scorer = new(contexts, WordScorer.TrieOf(_model, Small), Weights);
        PrefixBeamDecoder decoder = new(Small, new PrefixBeamOptions { BeamWidth = 5 }, scorer);
        decoder.Accept(CtcEnumeration.Random(new Random(2), 300, 4));
        decoder.Finish(5);
        Assert.InRange(scorer.StateCount, 1, decoder.NodeCount);
        Assert.InRange(contexts.Count, 1, scorer.StateCount);
    }

    [Fact]
    public void A_neural_model_over_words_scores_as_it_does_word_by_word()
    {
        using CpuDevice device = SmallModels.Device();
        WordTokens tokens = new(new Vocabulary(["a", "b", "ab", "ba", "abba"]));
        NeuralLanguageModel model = SmallModels.Neural(device, tokens);
        using LanguageStepper reference = new(model), stepper = new(model), other = new(model);
        WordScorer scorer = WordScorer.OfNeural(stepper, tokens.Vocabulary, Small, Weights);
        foreach (string text in (string[])["ab a", "abba", "bb ba", "", "a ab abba b"])
        {
            string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            double letters = words.Where(w => !tokens.Vocabulary.Contains(w)).Sum(w => w.Length);
            double expected = (0.7 * (SmallModels.LogProbability(reference, words.Select(w => tokens.Vocabulary.Find(w))) - (letters * 1.5))) + (0.9 * words.Length);
            Assert.Equal(expected, ScorerWalk.Score(scorer, Small, text), 3);
        }

        ScorerWalk.AssertSearchIsExact(Small, scorer, frames: 5);
        ScorerWalk.AssertChunksChangeNothing(Small, () => WordScorer.OfNeural(other, tokens.Vocabulary, Small, Weights), width: 8);
        Assert.Throws<ArgumentException>(() => WordScorer.OfNeural(stepper, new Vocabulary(["a"]), Small));
    }

    [Fact]
    public void Weights_out_of_range_are_refused()
    {
        foreach (ScorerOptions options in new ScorerOptions[] { new() { Weight = -1 }, new() { Weight = double.NaN }, new() { WordBonus = double.NaN }, new() { UnknownLetterCost = -0.1 } })
            Assert.Throws<ArgumentOutOfRangeException>(() => new WordScorer(_model, WordScorer.TrieOf(_model, Small), options));
    }

    public void Dispose() => _model.Dispose();

    private WordScorer Scorer() => new(_model, WordScorer.TrieOf(_model, Small), Weights);

    /// <summary>Words one by one, as the documentation says.</summary>
    private double Expected(string text, Predicate<string> free)
    {
        NGramState state = _model.Begin;
        double sum = 0;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int id = _model.Vocabulary.Find(word);
            double score = _model.Score(state, id, out state);
            if (id == Vocabulary.Unknown && !free(word)) score -= 1.5 * word.Length;
            sum += (0.7 * score) + 0.9;
        }

        return sum + (0.7 * _model.Score(state, Vocabulary.End, out _));
    }
}
