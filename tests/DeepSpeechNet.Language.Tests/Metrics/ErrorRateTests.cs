using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Language.Tests.Metrics;

public sealed class ErrorRateTests
{
    [Fact]
    public void Word_error_rate_divides_the_sum_of_errors_by_the_sum_of_words()
    {
        WordErrorRate rate = new();
        rate.Add("turn the light on", "turn light on");
        rate.Add("stop", "stop");
        EditCounts last = rate.Add("go home", "go back home now");
        Assert.Equal(new EditCounts(0, 0, 2, 2), last);
        Assert.Equal(new EditCounts(0, 1, 2, 7), rate.Total);
        Assert.Equal(3.0 / 7, rate.Rate);
        Assert.Equal((3, 1), (rate.Utterances, rate.CorrectUtterances));
    }

    [Fact]
    public void Rates_are_never_capped_at_one()
    {
        Assert.Equal(3, WordErrorRate.Compare("one", "two three four").Rate);
        Assert.Equal(double.PositiveInfinity, WordErrorRate.Compare("", "noise").Rate);
        Assert.Equal(0, WordErrorRate.Compare("", "").Rate);
        Assert.Equal(2.5, CharacterErrorRate.Compare("ab", "cdefg").Rate);
    }

    [Fact]
    public void Characters_are_scalar_values_and_spaces_count_once()
    {
        CharacterErrorRate rate = new();
        rate.Add("a  😀b ", " a b");
        Assert.Equal(new EditCounts(0, 1, 0, 4), rate.Total);
        rate.Add("ab", "a b");
        Assert.Equal(new EditCounts(0, 1, 1, 6), rate.Total);
        Assert.Equal(2, rate.Utterances);
    }
}
