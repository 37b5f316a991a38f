using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeepSpeechNet.Engine.Training;

/// <summary>Where a training run stands, beside its weights, moments and carried states: kept as JSON in each checkpoint. Not thread-safe.</summary>
public sealed record TrainingState
{
    /// <summary>Epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>Batches done in the epoch under way.</summary>
    public int Batch { get; set; }

    /// <summary>Steps done, skipped ones included: numbers the random draws and the learning rate.</summary>
    public long Step { get; set; }

    /// <summary>Steps that the optimiser made; <see cref="RunFolder.SaveCheckpoint"/> fills it in.</summary>
    public int OptimiserSteps { get; set; }

    /// <summary>Steps that went into the average of the weights.</summary>
    public int AverageUpdates { get; set; }

    /// <summary>Sum of the losses since the last evaluation.</summary>
    public double LossSum { get; set; }

    /// <summary>Utterances or symbols in that sum.</summary>
    public long Scored { get; set; }

    /// <summary>Steps since the last evaluation that were skipped.</summary>
    public int Skipped { get; set; }

    /// <summary>The lowest value so far of what evaluations go by: the error rate or the loss on the texts held out.</summary>
    public double Best { get; set; } = double.MaxValue;

    /// <summary>Evaluations since then.</summary>
    public int SinceBest { get; set; }

    /// <summary>How far the plateau schedule has lowered the learning rate.</summary>
    public PlateauState Plateau { get; set; } = new();

    /// <summary>Seconds of training so far.</summary>
    public double Seconds { get; set; }

    /// <summary>A line of the log for each evaluation.</summary>
    public List<string> Log { get; init; } = [];

    /// <summary>What the run was started with (<see cref="RunFolder.Fingerprint"/>): a resumed run must match it.</summary>
    public required string Fingerprint { get; init; }

    internal string ToJson() => JsonSerializer.Serialize(this, TrainingStateJson.Default.TrainingState);

    internal static TrainingState FromJson(string json) =>
        JsonSerializer.Deserialize(json, TrainingStateJson.Default.TrainingState) ?? throw new JsonException("The training state is empty.");
}

[JsonSerializable(typeof(TrainingState))]
internal sealed partial class TrainingStateJson : JsonSerializerContext;
