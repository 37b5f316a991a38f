using System.Text.Json;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Training;

/// <summary>The output folder of a recogniser's training: a <see cref="RunFolder"/> with the best package and the speech trainer's state.</summary>
internal sealed class SpeechRunFolder
{
    private const string AverageName = "average";
    private readonly RunFolder _folder;

    public SpeechRunFolder(string folder) => _folder = new RunFolder(folder);

    public string Checkpoints => _folder.Checkpoints;

    public string PauseFile => _folder.PauseFile;

    public bool IsPaused => _folder.IsPaused;

    public bool HasCheckpoints => _folder.HasCheckpoints;

    /// <summary>What a resumed run must share with the one it continues: network, alphabet, front end, settings and the corpus's size.</summary>
    public static string Fingerprint(AcousticModel model, ModelDescription description, SpeechTrainerOptions options, ISpeechCorpus train) => RunFolder.Fingerprint(
        JsonSerializer.Serialize(description.FrontEnd, PackageJson.Default.FrontEndOptions),
        JsonSerializer.Serialize(model.Options, PackageJson.Default.AcousticModelOptions),
        description.Alphabet.Symbols,
        (options with { PreparationThreads = 1, CheckpointMinutes = 1, MaximumSkippedSteps = 1 }).ToString(),
        train.Count.ToString());

    public static string LogLine(EpochProgress p) =>
        $"{p.Epoch}\t{p.Loss:F4}\t{p.DevLoss:F4}\t{p.CharacterErrorRate:F4}\t{p.WordErrorRate:F4}\t{(p.Best ? "best" : "")}\t{p.Elapsed.TotalSeconds:F0}";

    public void WriteLog(IReadOnlyList<string> lines) => _folder.WriteLog("epoch\tloss\tdev_loss\tdev_cer\tdev_wer\tbest\tseconds", lines);

    public void SaveBest(AcousticModel model, ModelDescription description) => ModelPackage.Save(_folder.Folder, model, description);

    public void SaveCheckpoint(AcousticModel model, Optimiser optimiser, WeightAverage? average, TrainerState state)
    {
        state.OptimiserSteps = optimiser.StepCount;
        state.AverageUpdates = average?.UpdateCount ?? state.AverageUpdates;
        _folder.SaveCheckpoint(model.Parameters, optimiser, state.ToJson(), average is null ? [] : [(AverageName, average.Export())]);
    }

    /// <summary>Fills model, optimiser and average from the newest valid checkpoint.</summary>
    public TrainerState? Load(AcousticModel model, Optimiser optimiser, WeightAverage? average, string fingerprint, Action<string> warn)
    {
        using Checkpoint? checkpoint = _folder.OpenCheckpoint(warn);
        if (checkpoint is null)
            return null;
        TrainerState state = TrainerState.FromJson(checkpoint.State);
        if (state.Fingerprint != fingerprint)
            throw RunFolder.OtherRun(checkpoint);
        RunFolder.Restore(checkpoint, model.Parameters, optimiser, state.OptimiserSteps);
        average?.Import(state.AverageUpdates, checkpoint.Tensors.Elements<float>(AverageName));
        return state;
    }

    /// <summary>Waits until the pause file is gone.</summary>
    public Task WaitWhilePausedAsync(CancellationToken cancellationToken) => _folder.WaitWhilePausedAsync(cancellationToken);
}
