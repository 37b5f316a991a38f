using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech.Explain;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tests.Explain;

public sealed class UtteranceExplainerTests
{
    private static readonly Alphabet Letters = new(" abc");
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void A_model_that_turns_a_word_around_is_named_with_exact_differences()
    {
        // "a b", and in place of the b nearly a c.
        float[] letters = Frames("a- bb", (4, 'b', 0.5f), (4, 'c', 0.4f), (3, 'b', 0.5f), (3, 'c', 0.4f));
        LetterScorer first = new([0, 0, -1, 2]), second = new([0, 0, 0.5f, 0], end: -3);
        ExplainedUtterance explained = Explainer(new CombinedScorer(first, second), ScorePart.Of("first", first), ScorePart.Of("second", second)).Explain(letters, default, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        Assert.Equal(("a b", "a c"), (explained.Greedy.Text, explained.Transcript.Text));
        WordChange change = Assert.Single(explained.Changes);
        Assert.Equal(("b", "c", 1, 1), (change.Heard, change.Written, change.FirstWord, change.FirstHeard));
        Assert.Equal(0, change.LoudestPart);
        Assert.Equal([3, -0.5], change.Parts.Select(p => Math.Round(p, 5)));
        CtcLikelihood likelihood = new(Letters);
        Assert.Equal(likelihood.LogProbability(letters, Letters.Encode("a c")) - likelihood.LogProbability(letters, Letters.Encode("a b")), change.Acoustic, 9);
        Assert.True(change.Acoustic < 0);
        Assert.Equal(change.Acoustic + 2.5, change.Total, 5);
    }

    [Fact]
    public void Scores_of_readings_and_words_add_up()
    {
        float[] letters = Frames("a- bb", (4, 'b', 0.5f), (4, 'c', 0.4f));
        LetterScorer scorer = new([0.25f, 0.5f, -1, 2], end: -3);
        ExplainedUtterance explained = Explainer(scorer, ScorePart.Of("letters", scorer)).Explain(letters, default, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(explained.Transcript.Alternatives.Count, explained.Readings.Count);
        for (int i = 0; i < explained.Readings.Count; i++)
        {
            Assert.Equal(explained.Transcript.Alternatives[i].Text, explained.Readings[i].Text);
            Assert.Equal(explained.Transcript.Alternatives[i].Score, explained.Readings[i].Score, 4);
        }

        Assert.Equal(explained.Readings[0].Parts[0], explained.WordParts.Sum(w => w[0]), 5);
        Assert.Equal(0.75, explained.WordParts[0][0], 5);
    }

    [Fact]
    public void A_model_that_judges_whole_texts_has_no_share_in_single_words()
    {
        ScorePart whole = new("second pass", labels => labels.Length, ByLabel: null);
        ExplainedUtterance explained = Explainer(null, whole).Explain(Frames("a- bb"), default, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(3, explained.Readings[0].Parts[0]);
        Assert.All(explained.WordParts, parts => Assert.Equal(double.NaN, parts[0]));
    }

    [Fact]
    public void Silence_changes_nothing()
    {
        ExplainedUtterance explained = Explainer(null).Explain(Frames("----"), default, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Assert.Equal("", explained.Transcript.Text);
        Assert.Empty(explained.Changes);
        Assert.Empty(explained.WordParts);
    }

    [Theory]
    [InlineData("a b", "c d", "a>c|b>d")]
    [InlineData("x a b y", "x aab y", "a b>aab")]
    [InlineData("abc   d", "a b c d", "abc>a b|>c")]
    [InlineData("a    ", "a bb ", ">bb")]
    [InlineData("aa b", "   b", "aa>")]
    [InlineData("a bb", "a bb", "")]
    [InlineData("triptple y hote cappuccitno wit  skim  milkgo left", "triple    shot  cappuccino  with skim milk go left", "triptple>triple|y>|hote>shot|cappuccitno>cappuccino|wit>with|milkgo>milk go")]
    [InlineData("", "a", ">a")]
    public void Words_of_the_same_time_stand_for_each_other(string heard, string written, string expected)
    {
        TranscriptWord[] from = Words(heard), to = Words(written);
        IEnumerable<string> regions = UtteranceExplainer.Regions(from, to).Select(r => $"{Text(from[r.Heard])}>{Text(to[r.Written])}");
        Assert.Equal(expected, string.Join('|', regions));
    }

    [Theory]
    [InlineData("a b c", 1, 1, "cc", "a cc c")]
    [InlineData("a b c", 1, 2, "cc", "a cc")]
    [InlineData("a b c", 0, 1, "a a", "a a b c")]
    [InlineData("a b c", 1, 1, "", "a c")]
    [InlineData("a b c", 2, 1, "", "a b")]
    [InlineData("a b c", 0, 3, "", "")]
    [InlineData("a b", 0, 0, "c", "c a b")]
    [InlineData("a b", 1, 0, "c", "a c b")]
    [InlineData("a b", 2, 0, "c", "a b c")]
    [InlineData("", 0, 0, "c", "c")]
    [InlineData(" a  b ", 1, 1, "c", " a  c ")]
    public void One_place_is_put_back_and_the_rest_stays(string text, int first, int count, string others, string expected)
    {
        int[] labels = Explainer(null).Replace(Letters.Encode(text), first..(first + count), WordErrorRate.Words(others));
        Assert.Equal(expected, Letters.Decode(labels));
    }

    private static UtteranceExplainer Explainer(IScorer? scorer, params ScorePart[] parts) =>
        new(new PrefixBeamDecoder(Letters, new PrefixBeamOptions { BeamWidth = 64 }, scorer), Frame, alternatives: 5, parts);

    /// <summary>Frames that say a letter each ('-' for the blank), with some probabilities set by hand.</summary>
    private static float[] Frames(string path, params (int Frame, char Letter, float Probability)[] changes)
    {
        const float certainty = 0.97f;
        int classes = Letters.ClassCount;
        float[] values = new float[path.Length * classes];
        for (int t = 0; t < path.Length; t++)
        {
            Span<float> frame = values.AsSpan(t * classes, classes);
            frame.Fill((1 - certainty) / (classes - 1));
            frame[Class(path[t])] = certainty;
        }

        foreach ((int t, char letter, float probability) in changes)
            values[(t * classes) + Class(letter)] = probability;
        return Array.ConvertAll(values, MathF.Log);
    }

    /// <summary>Words where each letter takes a second.</summary>
    private static TranscriptWord[] Words(string line) => [.. System.Text.RegularExpressions.Regex.Matches(line, "[a-z]+")
        .Select(m => new TranscriptWord(m.Value, TimeSpan.FromSeconds(m.Index), TimeSpan.FromSeconds(m.Index + m.Length), 1))];

    private static string Text(TranscriptWord[] words) => string.Join(' ', words.Select(w => w.Text));

    private static int Class(char letter) => letter == '-' ? Letters.BlankIndex : Letters.IndexOf(new System.Text.Rune(letter));
}
