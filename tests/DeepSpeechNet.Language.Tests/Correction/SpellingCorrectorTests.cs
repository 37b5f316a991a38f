using System.Text;
using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.NGrams;
using Corrected = DeepSpeechNet.Language.Correction.Correction;

namespace DeepSpeechNet.Language.Tests.Correction;

public sealed class SpellingCorrectorTests : IDisposable
{
    /// <summary>What the small language model learns from; the sentences to be found stand among others.</summary>
    private static readonly string[] Sentences =
    [
        "what is the weather like today", "the weather in boston is cold right now", "what is the time in london right now", "is there a train to boston",
        "are there any tickets for the game", "are there any seats left", "there are no tickets for the show", "any tickets for the game are gone",
        "arthur went home after the game", "the prime minister spoke to the people", "the prime minister of the land", "a prime number has two factors",
        "the minister is here", "we won the game", "what is that like", "do you like the game", "i have a letter for you", "the letters are here",
    ];

    private static readonly ChannelModel Channel = new ChannelTrainer().Train(ChannelTrainerTests.Confusions());
    private readonly NGramModel _model = NGramBuilder.Build(Sentences, new NGramOptions { Order = 3 }).Model;

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("what is the weather like in bostin right now", "what is the weather like in boston right now")]
    [InlineData("arther n tickets for the game", "are there any tickets for the game")]
    [InlineData("the pime miniter of the land", "the prime minister of the land")]
    public void Sentences_come_out_as_they_were_meant(string seen, string meant) => Assert.Equal(meant, Make().Correct(seen).Text);

    [Fact]
    public void Hot_words_bring_in_words_that_no_list_holds()
    {
        const string Seen = "prime miniter nerenr modi";
        Assert.NotEqual("prime minister narendra modi", Make().Correct(Seen).Text);

        Assert.Equal("prime minister narendra modi", Make(hot: Hot("narendra modi\t8")).Correct(Seen).Text);
    }

    [Fact]
    public void Hot_words_that_change_count_from_the_next_text_on()
    {
        ChangingHotWords words = new() { Current = Hot("narendra modi\t8") };
        SpellingCorrector corrector = Make(hot: words);
        Assert.Equal("prime minister narendra modi", corrector.Correct("prime miniter nerenr modi").Text);

        words.Current = Hot("norena mody\t8");
        Assert.Equal("prime minister norena mody", corrector.Correct("prime miniter nerena modi").Text);
    }

    [Theory]
    [InlineData("prime miniter, 12 narendra modi", "prime minister, 12 narendra modi")]
    [InlineData("narendra 12 modi", "narendra 12 modi")]
    public void Words_that_stay_end_a_hot_phrase(string seen, string meant)
    {
        Corrected with = Make(hot: Hot("narendra modi\t8")).Correct(seen), halves = Make(hot: Hot("narendra\t0.001\nmodi\t0.001")).Correct(seen);

        Assert.Equal(meant, with.Text);
        Assert.Equal(meant, halves.Text);
        double weight = seen.Contains("narendra modi", StringComparison.Ordinal) ? 8 : 0;
        Assert.Equal(halves.Alternatives[0].Score + weight, with.Alternatives[0].Score, 0.01);
    }

    [Fact]
    public void Right_sentences_stay()
    {
        SpellingCorrector corrector = Make();
        foreach (string sentence in Sentences)
            Assert.Equal(sentence, corrector.Correct(sentence).Text);
    }

    [Fact]
    public void Spaces_are_put_in_and_taken_away()
    {
        Assert.Equal("the weather is cold", Make().Correct("theweather is cold").Text);
        Assert.Equal("the minister is here", Make().Correct("the mini ster is here").Text);
    }

    [Fact]
    public void Capitals_punctuation_numbers_and_other_scripts_stay()
    {
        SpellingCorrector corrector = Make();
        Assert.Equal("What is the weather like in Boston, right now?", corrector.Correct("What is the weather like in Bostin, right now?").Text);
        Assert.Equal("(The game!)  42 привет", corrector.Correct("(The gane!)  42 привет").Text);
        Assert.Equal("THE GAME", corrector.Correct("THE GANE").Text);
        Assert.Equal("the minister, is here", corrector.Correct("the mini ster, is here").Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \t ")]
    [InlineData("42 + 17 = 59")]
    [InlineData("привет")]
    [InlineData("''' -- '")]
    public void Texts_without_letters_come_back(string text) => Assert.Equal(text, Make().Correct(text).Text);

    [Fact]
    public void Unknown_word_far_from_all_others_stays() =>
        Assert.Equal("the zwxvqk is here", Make(new CorrectionOptions { EditPenalty = 3 }).Correct("the zwxvqk is here").Text);

    [Fact]
    public void Alternatives_are_different_and_in_order()
    {
        Corrected correction = Make(new CorrectionOptions { Alternatives = 5 }).Correct("the gane");

        Assert.Equal(5, correction.Alternatives.Count);
        Assert.Equal(correction.Text, correction.Alternatives[0].Text);
        Assert.Equal(5, correction.Alternatives.Select(a => a.Text).Distinct().Count());
        Assert.Equal(correction.Alternatives.OrderByDescending(a => a.Score), correction.Alternatives);
    }

    [Fact]
    public void Score_is_that_of_the_channel_and_of_the_language_model()
    {
        // One edit, so that its penalty counts once; the other ways of cutting are far less likely.
        CorrectionOptions options = new() { Threshold = 60, BeamWidth = 5000, EditPenalty = 0, LanguageWeight = 0.7f };
        Corrected correction = Make(options).Correct("we won the gane");

        NGramState state = _model.Begin;
        double language = 0;
        foreach (string word in "we won the game".Split(' '))
            language += _model.Score(state, _model.Vocabulary.Find(word), out state);
        language += _model.Score(state, Vocabulary.End, out _);
        Assert.Equal("we won the game", correction.Text);
        Assert.Equal(Channel.LogProbability("we won the game", "we won the gane") + (0.7 * language), correction.Alternatives[0].Score, 2);
    }

    [Fact]
    public void Word_that_stands_alone_goes_by_frequency()
    {
        WordList words = WordList.FromCounts([new("game", 50), new("gape", 1), new("cane", 2)]);

        Assert.Equal("game", new SpellingCorrector(Channel, words).Correct("gaxe").Text);
    }

    [Fact]
    public void Threads_get_the_same_texts()
    {
        SpellingCorrector corrector = Make();
        string[] seen = [.. Enumerable.Range(0, 64).Select(i => Sentences[i % Sentences.Length].Replace("ter", "tr", StringComparison.Ordinal))];
        string[] alone = [.. seen.Select(s => corrector.Correct(s).Text)];

        Assert.Equal(alone, seen.AsParallel().AsOrdered().WithDegreeOfParallelism(4).Select(s => corrector.Correct(s).Text));
    }

    [Fact]
    public void Bad_settings_are_named()
    {
        Assert.Contains("BeamWidth is 0", Assert.Throws<ArgumentException>(() => Make(new CorrectionOptions { BeamWidth = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("LanguageWeight is -1", Assert.Throws<ArgumentException>(() => Make(new CorrectionOptions { LanguageWeight = -1 })).Message, StringComparison.Ordinal);
        Assert.Contains("correcting needs words", Assert.Throws<ArgumentException>(() => new SpellingCorrector(Channel, WordList.FromCounts([]))).Message, StringComparison.Ordinal);
        HotWordList other = HotWordList.Parse("ab\t1"u8, "hot.txt", new Alphabet("ab "));
        Assert.Contains("\"ab \"", Assert.Throws<ArgumentException>(() => Make(hot: other)).Message, StringComparison.Ordinal);
    }

    private static HotWordList Hot(string lines) => HotWordList.Parse(Encoding.UTF8.GetBytes(lines), "hot.txt", Alphabet.English);

    private SpellingCorrector Make(CorrectionOptions? options = null, IHotWords? hot = null)
    {
        Dictionary<string, double> counts = [];
        foreach (string word in Sentences.SelectMany(s => s.Split(' ')))
            counts[word] = counts.GetValueOrDefault(word) + 1;
        return new SpellingCorrector(Channel, WordList.FromCounts(counts), _model, options ?? new CorrectionOptions { EditPenalty = 1 }, hot);
    }

    private sealed class ChangingHotWords : IHotWords
    {
        public required HotWordList Current { get; set; }
    }
}
