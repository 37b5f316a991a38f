using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Language.Tests.Metrics;

public sealed class RateIntervalTests
{
    [Theory]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(81, 263, 0.2553, 0.3662)]
    public void Few_utterances_take_Wilsons_interval(long errors, long words, double low, double high)
    {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
        RateInterval interval = RateInterval.OfWordErrors([new EditCounts(errors, 0, 0, words)]);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void Many_utterances_are_drawn_again_and_again()
    {
        // Independent utterances of ten words, one error in half of them: standard error 0.05 / sqrt(200).
        EditCounts[] utterances = [.. Enumerable.Range(0, 200).Select(i => new EditCounts(i % 2, 0, 0, 10))];
        RateInterval interval = RateInterval.OfWordErrors(utterances);
        double half = 1.96 * 0.05 / Math.Sqrt(200);
        Assert.InRange(interval.Low, 0.05 - (1.2 * half), 0.05 - (0.8 * half));
        Assert.InRange(interval.High, 0.05 + (0.8 * half), 0.05 + (1.2 * half));
        Assert.Equal(interval, RateInterval.OfWordErrors(utterances));
    }

    [Fact]
    public void Errors_that_come_together_make_it_wider()
    {
        EditCounts[] spread = [.. Enumerable.Range(0, 100).Select(i => new EditCounts(1, 0, 0, 10))];
        EditCounts[] together = [.. Enumerable.Range(0, 100).Select(i => new EditCounts(i % 10 == 0 ? 10 : 0, 0, 0, 10))];
        RateInterval narrow = RateInterval.OfWordErrors(spread), wide = RateInterval.OfWordErrors(together);
        Assert.True(wide.High - wide.Low > narrow.High - narrow.Low);
    }

    [Fact]
    public void More_errors_than_words_stay_inside_and_no_words_say_nothing()
    {
        Assert.Equal(1.5, RateInterval.OfWordErrors([new EditCounts(0, 0, 3, 2)]).High);
        Assert.Equal(double.PositiveInfinity, RateInterval.OfWordErrors([]).High);
    }
}
