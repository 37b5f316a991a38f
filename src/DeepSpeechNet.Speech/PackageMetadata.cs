using System.Text.Json;
using System.Text.Json.Serialization;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Speech;

/// <summary>The JSON strings in a model file's metadata, read; <see cref="PackageJson"/> writes them.</summary>
internal static class PackageMetadata
{
    /// <exception cref="JsonException">The text is not what a front end is written as.</exception>
    public static FrontEndOptions FrontEnd(string text)
    {
        using JsonFields fields = new(text);
        FrontEndOptions otherwise = new();
        FrontEndOptions read = new()
        {
            SampleRate = fields.Whole(nameof(FrontEndOptions.SampleRate), otherwise.SampleRate),
            WindowSeconds = fields.Number(nameof(FrontEndOptions.WindowSeconds), otherwise.WindowSeconds),
            HopSeconds = fields.Number(nameof(FrontEndOptions.HopSeconds), otherwise.HopSeconds),
            Window = (WindowShape)fields.Name(nameof(FrontEndOptions.Window), otherwise.Window),
            PreEmphasis = fields.Single(nameof(FrontEndOptions.PreEmphasis), otherwise.PreEmphasis),
            RemoveOffset = fields.Flag(nameof(FrontEndOptions.RemoveOffset), otherwise.RemoveOffset),
            SampleScale = fields.Single(nameof(FrontEndOptions.SampleScale), otherwise.SampleScale),
            Feature = (FeatureKind)fields.Name(nameof(FrontEndOptions.Feature), otherwise.Feature),
            MelBins = fields.Whole(nameof(FrontEndOptions.MelBins), otherwise.MelBins),
            LowHertz = fields.Number(nameof(FrontEndOptions.LowHertz), otherwise.LowHertz),
            HighHertz = fields.Number(nameof(FrontEndOptions.HighHertz), otherwise.HighHertz),
            MfccCount = fields.Whole(nameof(FrontEndOptions.MfccCount), otherwise.MfccCount),
            CepstralLifter = fields.Number(nameof(FrontEndOptions.CepstralLifter), otherwise.CepstralLifter),
            Deltas = fields.Whole(nameof(FrontEndOptions.Deltas), otherwise.Deltas),
            Normalisation = (FeatureNormalisation)fields.Name(nameof(FrontEndOptions.Normalisation), otherwise.Normalisation),
            RunningSeconds = fields.Number(nameof(FrontEndOptions.RunningSeconds), otherwise.RunningSeconds),
            Floor = fields.Single(nameof(FrontEndOptions.Floor), otherwise.Floor),
        };
        fields.RefuseOthers();
        return read;
    }

    /// <exception cref="JsonException">The text is not what a network's shape is written as.</exception>
    public static AcousticModelOptions Acoustic(string text)
    {
        using JsonFields fields = new(text);
        AcousticModelOptions otherwise = new();
        AcousticModelOptions read = new()
        {
            Context = fields.Whole(nameof(AcousticModelOptions.Context), otherwise.Context),
            Stride = fields.Whole(nameof(AcousticModelOptions.Stride), otherwise.Stride),
            Hidden = fields.Whole(nameof(AcousticModelOptions.Hidden), otherwise.Hidden),
            DenseLayers = fields.Whole(nameof(AcousticModelOptions.DenseLayers), otherwise.DenseLayers),
            RecurrentLayers = fields.Whole(nameof(AcousticModelOptions.RecurrentLayers), otherwise.RecurrentLayers),
            RecurrentHidden = fields.Whole(nameof(AcousticModelOptions.RecurrentHidden), otherwise.RecurrentHidden),
            ResidualLayers = fields.Whole(nameof(AcousticModelOptions.ResidualLayers), otherwise.ResidualLayers),
            Cell = (CellKind)fields.Name(nameof(AcousticModelOptions.Cell), otherwise.Cell),
            Direction = (DirectionMode)fields.Name(nameof(AcousticModelOptions.Direction), otherwise.Direction),
            BatchNorm = fields.Flag(nameof(AcousticModelOptions.BatchNorm), otherwise.BatchNorm),
            Phones = fields.Whole(nameof(AcousticModelOptions.Phones), otherwise.Phones),
            Dropout = fields.Single(nameof(AcousticModelOptions.Dropout), otherwise.Dropout),
        };
        fields.RefuseOthers();
        return read;
    }

    /// <exception cref="JsonException">The text is not what decoder settings are written as.</exception>
    public static DecoderSettings Decoder(string text)
    {
        using JsonFields fields = new(text);
        DecoderSettings otherwise = new();
        DecoderSettings read = new()
        {
            BeamWidth = fields.Whole(nameof(DecoderSettings.BeamWidth), otherwise.BeamWidth),
            ScoreMargin = fields.Number(nameof(DecoderSettings.ScoreMargin), otherwise.ScoreMargin),
            LanguageModel = fields.Text(nameof(DecoderSettings.LanguageModel), otherwise.LanguageModel),
            NGramWeight = fields.Number(nameof(DecoderSettings.NGramWeight), otherwise.NGramWeight),
            WordBonus = fields.Number(nameof(DecoderSettings.WordBonus), otherwise.WordBonus),
            UnknownLetterCost = fields.Number(nameof(DecoderSettings.UnknownLetterCost), otherwise.UnknownLetterCost),
            NeuralPass = (NeuralPass)fields.Name(nameof(DecoderSettings.NeuralPass), otherwise.NeuralPass),
            NeuralWeight = fields.Number(nameof(DecoderSettings.NeuralWeight), otherwise.NeuralWeight),
            NeuralShare = fields.Number(nameof(DecoderSettings.NeuralShare), otherwise.NeuralShare),
            RescoredHypotheses = fields.Whole(nameof(DecoderSettings.RescoredHypotheses), otherwise.RescoredHypotheses),
            PhoneWeight = fields.Number(nameof(DecoderSettings.PhoneWeight), otherwise.PhoneWeight),
            ConfidenceSlope = fields.Number(nameof(DecoderSettings.ConfidenceSlope), otherwise.ConfidenceSlope),
            ConfidenceOffset = fields.Number(nameof(DecoderSettings.ConfidenceOffset), otherwise.ConfidenceOffset),
        };
        fields.RefuseOthers();
        return read;
    }

    /// <exception cref="JsonException">The text is not what a training record is written as.</exception>
    public static TrainingRecord Training(string text)
    {
        using JsonFields fields = new(text);
        TrainingRecord otherwise = new();
        TrainingRecord read = new()
        {
            Command = fields.Text(nameof(TrainingRecord.Command), otherwise.Command),
            Epochs = fields.Whole(nameof(TrainingRecord.Epochs), otherwise.Epochs),
            Steps = fields.Long(nameof(TrainingRecord.Steps), otherwise.Steps),
            Hours = fields.Number(nameof(TrainingRecord.Hours), otherwise.Hours),
            DevCharacterErrorRate = fields.Number(nameof(TrainingRecord.DevCharacterErrorRate), otherwise.DevCharacterErrorRate),
            DevWordErrorRate = fields.Number(nameof(TrainingRecord.DevWordErrorRate), otherwise.DevWordErrorRate),
        };
        fields.RefuseOthers();
        return read;
    }
}

/// <summary>Writes the JSON of the model file's metadata.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FrontEndOptions))]
[JsonSerializable(typeof(AcousticModelOptions))]
[JsonSerializable(typeof(DecoderSettings))]
[JsonSerializable(typeof(TrainingRecord))]
internal sealed partial class PackageJson : JsonSerializerContext;
