using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class DecoderSettingsTests
{
    [Fact]
    public void Settings_out_of_range_are_refused_by_name()
    {
        new DecoderSettings().Validate();
        (DecoderSettings Settings, string Name)[] bad =
        [
            (new() { BeamWidth = 0 }, "BeamWidth"), (new() { ScoreMargin = -1 }, "ScoreMargin"), (new() { NGramWeight = -0.1 }, "NGramWeight"),
            (new() { WordBonus = double.NaN }, "WordBonus"), (new() { UnknownLetterCost = -1 }, "UnknownLetterCost"), (new() { NeuralWeight = double.PositiveInfinity }, "NeuralWeight"),
            (new() { RescoredHypotheses = 0 }, "RescoredHypotheses"), (new() { NeuralShare = 1.5 }, "NeuralShare"), (new() { ConfidenceSlope = -1 }, "ConfidenceSlope"), (new() { NeuralPass = (NeuralPass)9 }, "NeuralPass"),
        ];
        foreach ((DecoderSettings settings, string name) in bad) Assert.StartsWith(name, Assert.Throws<ArgumentException>(settings.Validate).Message);
    }
}
