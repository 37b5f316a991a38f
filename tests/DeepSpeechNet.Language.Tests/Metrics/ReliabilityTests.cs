using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Language.Tests.Metrics;

public sealed class ReliabilityTests
{
    [Fact]
    public void The_error_is_the_weighted_distance_between_confidence_and_accuracy()
    {
        Reliability reliability = new(2);
        foreach (bool correct in (bool[])[true, true, true, false])
            reliability.Add(0.9, correct);
        reliability.Add(0.2, false);
        reliability.Add(0.4, true);
        Assert.Equal(6, reliability.Words);

        // (4 * |0.9 - 3/4| + 2 * |0.3 - 1/2|) / 6
        Assert.Equal(1.0 / 6, reliability.ExpectedCalibrationError, 12);
        Assert.Equal(new ReliabilityBin(0, 0.5, 2, 1, reliability.Bins[0].MeanConfidence), reliability.Bins[0]);
        Assert.Equal(0.3, reliability.Bins[0].MeanConfidence, 12);
        Assert.Equal(0.75, reliability.Bins[1].Accuracy);
    }

    [Fact]
    public void Certainty_belongs_to_the_last_interval_and_no_words_make_no_error()
    {
        Reliability reliability = new();
        Assert.Equal(0, reliability.ExpectedCalibrationError);
        reliability.Add(1, true);
        Assert.Equal(1, reliability.Bins[9].Words);
        Assert.Equal(0, reliability.ExpectedCalibrationError);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void What_is_no_probability_is_refused(double confidence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Reliability().Add(confidence, true));
}
