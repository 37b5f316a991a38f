using System.Text.Json;
using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class FrontEndOptionsTests
{
    [Fact]
    public void Options_survive_json_with_names_for_enumerations()
    {
        FrontEndOptions options = FrontEndOptions.Kaldi with { Feature = FeatureKind.Mfcc, Normalisation = FeatureNormalisation.Running, Deltas = 2 };
        string json = JsonSerializer.Serialize(options);
        Assert.Contains("\"Window\":\"Povey\"", json, StringComparison.Ordinal);
        Assert.Contains("\"Feature\":\"Mfcc\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("Samples\"", json, StringComparison.Ordinal);
        Assert.Equal(options, JsonSerializer.Deserialize<FrontEndOptions>(json));
    }

    [Fact]
    public void Each_setting_out_of_range_is_named()
    {
        (FrontEndOptions Options, string Name)[] cases =
        [
            (new() { SampleRate = 10 }, "SampleRate"),
            (new() { WindowSeconds = 0 }, "WindowSeconds"),
            (new() { WindowSeconds = double.NaN }, "WindowSeconds"),
            (new() { HopSeconds = 1e-9 }, "HopSeconds"),
            (new() { Window = (WindowShape)99 }, "Window"),
            (new() { PreEmphasis = 2 }, "PreEmphasis"),
            (new() { SampleScale = 0 }, "SampleScale"),
            (new() { Feature = (FeatureKind)99 }, "Feature"),
            (new() { MelBins = 0 }, "MelBins"),
            (new() { LowHertz = -1 }, "LowHertz"),
            (new() { HighHertz = 9000 }, "HighHertz"),
            (new() { HighHertz = -8000 }, "HighHertz"),
            (new() { Feature = FeatureKind.Mfcc, MfccCount = 81 }, "MfccCount"),
            (new() { CepstralLifter = -1 }, "CepstralLifter"),
            (new() { Deltas = 3 }, "Deltas"),
            (new() { Normalisation = (FeatureNormalisation)99 }, "Normalisation"),
            (new() { RunningSeconds = 0 }, "RunningSeconds"),
            (new() { Floor = 0 }, "Floor"),
        ];
        foreach ((FrontEndOptions options, string name) in cases)
            Assert.StartsWith(name + " is ", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
        new FrontEndOptions().Validate();
        FrontEndOptions.Kaldi.Validate();
    }
}
