using System.Text.Json;
using System.Text.Json.Serialization;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>Where the training of a language model stands, beside its weights, moments and carried states: kept as JSON in each checkpoint.</summary>
internal sealed record LanguageTrainerState
{
    /// <summary>Epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps done in the epoch under way.</summary>
    public int Batch { get; set; }

    /// <summary>Steps done, skipped ones included: numbers the random draws and the learning rate.</summary>
    public long Step { get; set; }

    /// <summary>Steps that the optimiser made.</summary>
    public int OptimiserSteps { get; set; }

    /// <summary>Sum of the losses since the last evaluation.</summary>
    public double LossSum { get; set; }

    /// <summary>Symbols in that sum.</summary>
    public long Scored { get; set; }

    /// <summary>Steps since then that were skipped.</summary>
    public int Skipped { get; set; }

    /// <summary>Lowest loss of a symbol of the valid text so far.</summary>
    public double Best { get; set; } = double.MaxValue;

    /// <summary>Evaluations since then.</summary>
    public int SinceBest { get; set; }

    /// <summary>How far the plateau schedule has lowered the learning rate.</summary>
    public PlateauState Plateau { get; set; } = new();

    /// <summary>Seconds of training so far.</summary>
    public double Seconds { get; set; }

    /// <summary>A line of the log for each evaluation.</summary>
    public List<string> Log { get; init; } = [];

    /// <summary>What the run was started with: a resumed run must match it.</summary>
    public required string Fingerprint { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, LanguageTrainerStateJson.Default.LanguageTrainerState);

    public static LanguageTrainerState FromJson(string json) =>
        JsonSerializer.Deserialize(json, LanguageTrainerStateJson.Default.LanguageTrainerState) ?? throw new JsonException("The training state is empty.");
}

[JsonSerializable(typeof(LanguageTrainerState))]
internal sealed partial class LanguageTrainerStateJson : JsonSerializerContext;
