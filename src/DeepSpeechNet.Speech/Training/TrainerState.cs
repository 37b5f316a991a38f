using System.Text.Json;
using System.Text.Json.Serialization;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Speech.Training;

/// <summary>Where a training run stands, beside its weights and moments: kept as JSON in each checkpoint.</summary>
internal sealed record TrainerState
{
    /// <summary>Epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>Batches done in the epoch under way.</summary>
    public int Batch { get; set; }

    /// <summary>Steps done, skipped ones included: numbers the random draws and the learning rate.</summary>
    public long Step { get; set; }

    /// <summary>Steps that the optimiser made.</summary>
    public int OptimiserSteps { get; set; }

    /// <summary>Steps that went into the average of the weights.</summary>
    public int AverageUpdates { get; set; }

    /// <summary>Sum of the losses of the epoch under way.</summary>
    public double LossSum { get; set; }

    /// <summary>Utterances in that sum.</summary>
    public long Scored { get; set; }

    /// <summary>Steps of the epoch that were skipped.</summary>
    public int Skipped { get; set; }

    /// <summary>Lowest character error rate on the development set so far.</summary>
    public double Best { get; set; } = double.MaxValue;

    /// <summary>Epochs since then.</summary>
    public int SinceBest { get; set; }

    /// <summary>How far the plateau schedule has lowered the learning rate.</summary>
    public PlateauState Plateau { get; set; } = new();

    /// <summary>Seconds of training so far.</summary>
    public double Seconds { get; set; }

    /// <summary>A line of the log for each epoch done.</summary>
    public List<string> Log { get; init; } = [];

    /// <summary>What the run was started with: a resumed run must match it.</summary>
    public required string Fingerprint { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, TrainerStateJson.Default.TrainerState);

    public static TrainerState FromJson(string json) =>
        JsonSerializer.Deserialize(json, TrainerStateJson.Default.TrainerState) ?? throw new JsonException("The training state is empty.");
}

[JsonSerializable(typeof(TrainerState))]
internal sealed partial class TrainerStateJson : JsonSerializerContext;
