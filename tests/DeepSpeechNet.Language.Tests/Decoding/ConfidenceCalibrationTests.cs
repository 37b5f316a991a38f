using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class ConfidenceCalibrationTests
{
    [Fact]
    public void None_changes_nothing()
    {
        foreach (double p in (double[])[0, 1e-9, 0.3, 1]) Assert.Equal(p, ConfidenceCalibration.None.Apply(p));
    }

    [Fact]
    public void The_curve_that_made_the_words_is_found_again()
    {
        ConfidenceCalibration truth = new(0.4, -0.7);
        Random random = new(3);
        List<(double, bool)> words = [];
        for (int i = 0; i < 40_000; i++)
        {
            double p = random.NextDouble();
            words.Add((p, random.NextDouble() < truth.Apply(p)));
        }

        ConfidenceCalibration found = ConfidenceCalibration.Fit(words);
        Assert.Equal(truth.Slope, found.Slope, 0.03);
        Assert.Equal(truth.Offset, found.Offset, 0.05);
    }

    [Fact]
    public void Words_all_right_or_none_at_all_give_a_usable_curve()
    {
        Assert.Equal(ConfidenceCalibration.None, ConfidenceCalibration.Fit([]));
        ConfidenceCalibration right = ConfidenceCalibration.Fit([.. Enumerable.Repeat((0.99, true), 1000)]);
        Assert.InRange(right.Apply(0.99), 0.99, 1);
        Assert.True(double.IsFinite(right.Slope) && double.IsFinite(right.Offset));
        ConfidenceCalibration edges = ConfidenceCalibration.Fit([(0, false), (1, true), (1, true), (0, false), (1, false)]);
        Assert.InRange(edges.Apply(1), 0.5, 0.95);
        Assert.InRange(edges.Apply(0), 0, 0.5);
    }

    [Fact]
    public void Confidence_that_speaks_against_itself_is_not_trusted()
    {
        ConfidenceCalibration found = ConfidenceCalibration.Fit([.. Enumerable.Repeat((0.9, false), 30), .. Enumerable.Repeat((0.1, true), 68)]);
        Assert.Equal(0, found.Slope);
        Assert.Equal(0.69, found.Apply(0.5), 6);
        Assert.Equal(0.69, found.Apply(0.9), 6);
    }
}
