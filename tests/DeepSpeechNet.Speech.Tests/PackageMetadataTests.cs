using System.Reflection;
using System.Text.Json;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Speech.Tests;

public sealed class PackageMetadataTests
{
    [Fact]
    public void Every_setting_of_the_front_end_comes_back() => Check(
        new FrontEndOptions
        {
            SampleRate = 8000,
            WindowSeconds = 0.032,
            HopSeconds = 0.016,
            Window = WindowShape.Povey,
            PreEmphasis = 0.97f,
            RemoveOffset = true,
            SampleScale = 32768,
            Feature = FeatureKind.Mfcc,
            MelBins = 40,
            LowHertz = 64.5,
            HighHertz = -200,
            MfccCount = 20,
            CepstralLifter = 0,
            Deltas = 2,
            Normalisation = FeatureNormalisation.Running,
            RunningSeconds = 1.5,
            Floor = 1e-7f,
        },
        new FrontEndOptions(),
        options => JsonSerializer.Serialize(options, PackageJson.Default.FrontEndOptions),
        PackageMetadata.FrontEnd);

    [Fact]
    public void Every_setting_of_the_network_comes_back() => Check(
        new AcousticModelOptions
        {
            Context = 3,
            Stride = 4,
            Hidden = 5,
            Phones = 39,
            DenseLayers = 6,
            RecurrentLayers = 7,
            RecurrentHidden = 8,
            ResidualLayers = 6,
            Cell = CellKind.GruResetBefore,
            Direction = DirectionMode.Concatenate,
            BatchNorm = true,
            Dropout = 0.3f,
        },
        new AcousticModelOptions(),
        options => JsonSerializer.Serialize(options, PackageJson.Default.AcousticModelOptions),
        PackageMetadata.Acoustic);

    [Fact]
    public void Every_decoder_setting_comes_back() => Check(
        new DecoderSettings
        {
            BeamWidth = 64,
            ScoreMargin = 12.5,
            LanguageModel = "../language",
            NGramWeight = 0.75,
            WordBonus = -0.5,
            UnknownLetterCost = 2,
            NeuralPass = NeuralPass.Beam,
            NeuralWeight = 0.25,
            NeuralShare = 0.75,
            RescoredHypotheses = 20,
            PhoneWeight = 0.35,
            ConfidenceSlope = 0.5,
            ConfidenceOffset = -1,
        },
        new DecoderSettings(), settings => JsonSerializer.Serialize(settings, PackageJson.Default.DecoderSettings), PackageMetadata.Decoder);

    [Fact]
    public void Every_field_of_the_training_record_comes_back() => Check(
        new TrainingRecord { Command = "dsn \"x\"", Epochs = 1, Steps = 1L << 40, Hours = 2.5, DevCharacterErrorRate = 0.125, DevWordErrorRate = 0.25 },
        new TrainingRecord(),
        record => JsonSerializer.Serialize(record, PackageJson.Default.TrainingRecord),
        PackageMetadata.Training);

    [Fact]
    public void A_missing_field_is_its_default() => Assert.Equal(new AcousticModelOptions { Hidden = 7 }, PackageMetadata.Acoustic("""{"hidden":7}"""));

    [Theory]
    [InlineData("""{"hiden":7}""", "it has the field 'hiden', which this program does not know")]
    [InlineData("""{"hidden":"7"}""", "hidden is \"7\"; it must be a whole number")]
    [InlineData("""{"hidden":1.5}""", "hidden is 1.5; it must be a whole number")]
    [InlineData("""{"dropout":true}""", "dropout is true; it must be a number")]
    [InlineData("""{"batch_norm":1}""", "batch_norm is 1; it must be true or false")]
    [InlineData("""{"cell":5}""", "cell is 5; it must be a name")]
    [InlineData("""{"direction":"Sideways"}""", "direction is 'Sideways'; it must be one of Forward, Sum, Concatenate")]
    [InlineData("[]", "it is no JSON object")]
    public void What_is_no_setting_is_named(string text, string problem) => Assert.Equal(problem, Assert.Throws<JsonException>(() => PackageMetadata.Acoustic(text)).Message);

    [Fact]
    public void What_is_no_json_is_refused() => Assert.ThrowsAny<JsonException>(() => PackageMetadata.Acoustic("{"));

    /// <summary>Values that differ from the defaults in every property, so that none can be forgotten, come back.</summary>
    private static void Check<T>(T values, T defaults, Func<T, string> write, Func<string, T> read)
    {
        foreach (PropertyInfo property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Assert.False(Equals(property.GetValue(values), property.GetValue(defaults)), $"{property.Name} has its default in this test.");
        Assert.Equal(values, read(write(values)));
        Assert.Equal(defaults, read(write(defaults)));
    }
}
