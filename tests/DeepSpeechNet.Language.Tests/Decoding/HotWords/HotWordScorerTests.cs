using System.Text;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.Tests.Decoding.Scorers;

namespace DeepSpeechNet.Language.Tests.Decoding.HotWords;

public sealed class HotWordScorerTests
{
    private static readonly Alphabet Small = new("ab ");

    [Theory]
    [InlineData("new york\t4", "in new york city", 4)]
    [InlineData("new york\t4", "in new yorkshire", 0)]
    [InlineData("new york\t4", "renew york", 0)]
    [InlineData("new york\t4\nyork city\t3\nnew\t1", "new york city", 8)]
    [InlineData("new york\t4", "new new york new york", 8)]
    [InlineData("a a\t2", "a a a a", 6)]
    [InlineData("boston\t2", "boston", 2)]
    [InlineData("boston\t2", "bosto", 0)]
    [InlineData("boston\t2", "", 0)]
    public void A_text_gains_the_weight_of_each_phrase_that_stands_in_it_as_whole_words(string file, string text, double expected) =>
        Assert.Equal(expected, ScorerWalk.Score(Scorer(Alphabet.English, file), Alphabet.English, text), 4);

    [Fact]
    public void Random_texts_gain_what_counting_phrases_gives()
    {
        Random random = new(12);
        for (int round = 0; round < 50; round++)
        {
            List<(string Phrase, int Weight)> phrases = [];
            for (int i = 0; i < 5; i++) phrases.Add((Words(random, random.Next(1, 4)), random.Next(1, 6)));
            phrases = [.. phrases.DistinctBy(p => p.Phrase)];
            HotWordScorer scorer = Scorer(Small, string.Join('\n', phrases.Select(p => $"{p.Phrase}\t{p.Weight}")));
            string text = Words(random, random.Next(1, 9));
            double expected = phrases.Sum(p => p.Weight * Enumerable.Range(0, text.Length).Count(at => (" " + text + " ").AsSpan(at).StartsWith($" {p.Phrase} ")));
            Assert.Equal(expected, ScorerWalk.Score(scorer, Small, text), 3);

            // Further spaces, which CTC may write, are no other words.
            Assert.Equal(expected, ScorerWalk.Score(scorer, Small, $" {text} "), 3);
        }
    }

    [Fact]
    public void The_weight_comes_letter_by_letter_and_goes_when_the_phrase_breaks_off()
    {
        HotWordScorer scorer = Scorer(Alphabet.English, "boston\t6");
        Assert.Equal(3, ScorerWalk.Score(scorer, Alphabet.English, "bos", end: false), 4);
        Assert.Equal(0, ScorerWalk.Score(scorer, Alphabet.English, "bosx", end: false), 4);
        Assert.Equal(6, ScorerWalk.Score(scorer, Alphabet.English, "boston", end: false), 4);
        Assert.Equal(0, ScorerWalk.Score(scorer, Alphabet.English, "bostons", end: false), 4);
    }

    [Fact]
    public void Hot_words_change_what_is_recognised_and_only_where_they_fit()
    {
        // "bostin" is heard with "boston" close behind.
        Alphabet alphabet = Alphabet.English;
        float[] values = CtcEnumeration.Peaked(29, 0.9, [.. alphabet.Encode("in bostin")]);
        int o = alphabet.Encode("o")[0];
        values[(7 * 29) + o] = (float)Math.Log(0.08);
        HotWordScorer scorer = Scorer(alphabet, "boston\t5\nlondon\t9");
        PrefixBeamDecoder decoder = new(alphabet, null, scorer);
        decoder.Accept(values);
        Assert.Equal("in boston", decoder.Finish()[0].Text);
        scorer.HotWords = null;
        decoder.Reset();
        decoder.Accept(values);
        Assert.Equal("in bostin", decoder.Finish()[0].Text);
    }

    [Fact]
    public void Search_is_exact_and_independent_of_chunks()
    {
        ScorerWalk.AssertSearchIsExact(Small, Scorer(Small, "a b\t2\nb\t1\nab a\t3"), words: false);
        ScorerWalk.AssertChunksChangeNothing(Small, () => Scorer(Small, "a b\t2\nb\t1\nab a\t3"));
        ScorerWalk.AssertFramesAllocateNothing(Small, Scorer(Small, "a b\t2\nb\t1\nab a\t3"));
    }

    [Fact]
    public void A_list_of_another_alphabet_is_refused()
    {
        HotWordScorer scorer = new(Small) { HotWords = HotWordList.Parse("boston\t1"u8, "list", Alphabet.English) };
        Assert.Throws<InvalidOperationException>(() => scorer.Begin(new float[3]));
    }

    private static HotWordScorer Scorer(Alphabet alphabet, string file) =>
        new(alphabet) { HotWords = HotWordList.Parse(Encoding.UTF8.GetBytes(file), "list", alphabet) };

    private static string Words(Random random, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => "ab"[random.Next(2)]))));
}
