using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.Decoding.HotWords;

namespace DeepSpeechNet.Language.Tests.Correction;

public sealed class HotPhrasesTests
{
    private readonly HotPhrases _phrases = new([new HotWord("new york", 4), new HotWord("new york city hall", 10), new HotWord("york minster", 6)]);

    [Theory]
    [InlineData("in new york", 4)]
    [InlineData("in new york city", 4)]
    [InlineData("in new york city hall", 14)]
    [InlineData("new york new york", 8)]
    [InlineData("new new york minster", 10)]
    [InlineData("york new minster", 0)]
    [InlineData("new", 0)]
    public void Whole_phrases_alone_gain_in_the_end(string text, float weight)
    {
        int state = 0;
        float sum = 0;
        foreach (string word in text.Split(' '))
        {
            (state, float gain) = _phrases.Step(state, word);
            sum += gain;
        }

        Assert.Equal(weight, sum + _phrases.End(state), 4);
    }

    [Fact]
    public void Phrase_begun_gains_its_share_at_once()
    {
        (_, float gain) = _phrases.Step(0, "york");
        Assert.Equal(3, gain, 4);
    }
}
