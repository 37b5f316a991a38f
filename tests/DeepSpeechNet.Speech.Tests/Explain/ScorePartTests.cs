using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Rescoring;
using DeepSpeechNet.Speech.Explain;

namespace DeepSpeechNet.Speech.Tests.Explain;

public sealed class ScorePartTests
{
    private static readonly Alphabet Letters = new(" abc");

    [Fact]
    public void A_scorer_of_the_search_tells_its_share_label_by_label()
    {
        ScorePart part = ScorePart.Of("letters", new LetterScorer([0.25f, 0.5f, -1, 2], end: -3));
        Assert.Equal([0.5f, 0.25f, 2, -3], part.ByLabel!(Letters.Encode("a c")));
        Assert.Equal(-0.25, part.Total(Letters.Encode("a c")), 6);
    }

    [Fact]
    public void A_second_pass_tells_what_it_adds_to_a_whole_text()
    {
        ScorePart part = ScorePart.Of("second", new HypothesisRescorer(new Lengths(), 0.5, 1), Letters);
        Assert.Null(part.ByLabel);
        Assert.Equal((0.5 * -3) + 2, part.Total(Letters.Encode("a c")), 6);
        Assert.Equal((0.5 * -3) + 2, part.Total(Letters.Encode(" a  c ")), 6);
    }

    [Fact]
    public void A_search_by_sound_alone_has_no_parts()
    {
        using FusionDecoder decoder = new(Letters, new DecoderSettings());
        Assert.Empty(ScorePart.Of(decoder));
    }

    private sealed class Lengths : ITextScorer
    {
        public double[][] Score(IReadOnlyList<string> texts) => [.. texts.Select(t => new double[] { -t.Length })];
    }
}
