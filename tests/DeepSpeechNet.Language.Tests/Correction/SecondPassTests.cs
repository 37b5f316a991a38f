using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Packages;
using DeepSpeechNet.Language.Tests.Decoding.Scorers;
using Corrected = DeepSpeechNet.Language.Correction.Correction;

namespace DeepSpeechNet.Language.Tests.Correction;

public sealed class SecondPassTests : IDisposable
{
    private static readonly ChannelModel Channel = new ChannelTrainer().Train(ChannelTrainerTests.Confusions());
    private static readonly WordList Words = WordList.FromCounts([new("the", 90), new("game", 50), new("gate", 20), new("cane", 2), new("late", 9)]);
    private readonly NGramModel _model = NGramBuilder.Build(["the game", "the gate the game", "late the game"], new NGramOptions { Order = 2 }).Model;

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Texts_are_ranked_by_both_passes()
    {
        CorrectionOptions options = new() { Alternatives = 8, RescoredTexts = 8, NeuralWeight = 0, EditPenalty = 0 };
        using NeuralSession neural = Session(new CharacterTokens(Alphabet.English));
        Corrected first = new SpellingCorrector(Channel, Words, _model, options).Correct("the gane"),
            both = new SpellingCorrector(Channel, Words, _model, options with { NeuralWeight = 2 }, neural: neural).Correct("The gane!");

        Assert.InRange(first.Alternatives.Count, 3, 8);
        Assert.Equal(first.Alternatives.Count, both.Alternatives.Count);
        Assert.Equal(both.Text, both.Alternatives[0].Text);
        Assert.Equal(both.Alternatives.OrderByDescending(a => a.Score), both.Alternatives);
        Dictionary<string, double> scores = first.Alternatives.ToDictionary(a => a.Text, a => a.Score + (2 * SmallModels.LogProbability(neural.Stepper, Alphabet.English.Encode(a.Text))));
        foreach (CorrectionAlternative alternative in both.Alternatives)
            Assert.Equal(scores[alternative.Text.Trim('!').ToLowerInvariant()], alternative.Score, 2e-3);
        Assert.Equal(scores.OrderByDescending(s => s.Value).Select(s => s.Key), both.Alternatives.Select(a => a.Text.Trim('!').ToLowerInvariant()));
    }

    [Fact]
    public void Fewer_texts_are_given_than_ranked_and_a_word_alone_is_left_to_the_first_pass()
    {
        CorrectionOptions options = new() { RescoredTexts = 20, NeuralWeight = 1 };
        using NeuralSession neural = Session(new CharacterTokens(Alphabet.English));
        SpellingCorrector plain = new(Channel, Words, _model, options), both = new(Channel, Words, _model, options, neural: neural);

        Assert.Single(both.Correct("the gane").Alternatives);
        Assert.Equal(plain.Correct("gane").Alternatives, both.Correct("gane").Alternatives);
    }

    [Fact]
    public void Hot_words_that_the_n_gram_model_lacks_count_by_their_frequency()
    {
        CorrectionOptions options = new() { NeuralWeight = 1, RescoredTexts = 1 };
        HotWordList hot = HotWordList.Parse("zyx\t9"u8, "hot", Alphabet.English);
        using NeuralSession neural = Session(new CharacterTokens(Alphabet.English));
        CorrectionAlternative first = new SpellingCorrector(Channel, Words, _model, options, hot).Correct("the zyx game").Alternatives[0],
            both = new SpellingCorrector(Channel, Words, _model, options, hot, neural).Correct("the zyx game").Alternatives[0];

        Assert.Equal("the zyx game", both.Text);
        double rest = SmallModels.LogProbability(neural.Stepper, Alphabet.English.Encode("the game"));
        Lexicon lexicon = new(Words, _model, hot, 1, options.NovelWordShare);
        Assert.Equal(rest + lexicon.Unigram(Array.IndexOf([.. Enumerable.Range(0, lexicon.Count).Select(w => lexicon[w])], "zyx")), both.Score - first.Score, 1e-3);
    }

    [Fact]
    public void Words_that_a_model_over_words_lacks_count_by_their_frequency_and_what_is_no_word_not_at_all()
    {
        CorrectionOptions options = new() { NeuralWeight = 1, RescoredTexts = 1, EditPenalty = 20 };
        WordTokens tokens = new(Vocabulary.FromCounts(new Dictionary<string, long> { ["the"] = 5, ["game"] = 3 }, 1, 10));
        using NeuralSession neural = Session(tokens);
        SpellingCorrector plain = new(Channel, Words, _model, options), with = new(Channel, Words, _model, options, neural: neural);
        double Gain(string text) => with.Correct(text).Alternatives[0].Score - plain.Correct(text).Alternatives[0].Score;

        double known = SmallModels.LogProbability(neural.Stepper, tokens.Encode("the game"));
        Lexicon lexicon = new(Words, _model, null, 1, options.NovelWordShare);
        Assert.Equal(known, Gain("the game"), 1e-3);
        Assert.Equal(known, Gain("the 42 game"), 1e-3);
        Assert.Equal(known + lexicon.Unigram(Words.Find("late")), Gain("late the game"), 1e-3);
        Assert.Equal(known + lexicon.NovelUnigram(ChannelLetters.Enclose("wqqv").AsSpan()[1..^1]), Gain("the wqqv game"), 1e-3);
    }

    [Fact]
    public void A_model_of_other_letters_is_refused()
    {
        using NeuralSession neural = Session(new CharacterTokens(new Alphabet("abc ")));
        Assert.Contains("\"abc \"", Assert.Throws<ArgumentException>(() => new SpellingCorrector(Channel, Words, _model, neural: neural)).Message, StringComparison.Ordinal);
    }

    private static NeuralSession Session(LanguageTokens tokens)
    {
        CpuDevice device = SmallModels.Device();
        return new NeuralSession(device, SmallModels.Neural(device, tokens), tokens);
    }
}
