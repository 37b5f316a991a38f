using System.Text.Json;
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
        $"{p.Epoch}\t{p.Loss:F4}\t{p.DevLoss:F4}\t{p.CharacterErrorRate:F4}\t{p.WordErrorRate:F4}\t{(p.Best ? "best" : "")}\t{p.Elapsed.TotalSeconds:F0}\t{(double.IsNaN(p.PhoneErrorRate) ? "" : p.PhoneErrorRate.ToString("F4"))}";

    public void WriteLog(IReadOnlyList<string> lines) => _folder.WriteLog("epoch\tloss\tdev_loss\tdev_cer\tdev_wer\tbest\tseconds\tdev_per", lines);

    public void SaveBest(AcousticModel model, ModelDescription description) => ModelPackage.Save(_folder.Folder, model, description);

    public void SaveCheckpoint(AcousticModel model, Optimiser optimiser, WeightAverage? average, TrainingState state)
    {
        state.AverageUpdates = average?.UpdateCount ?? state.AverageUpdates;
        _folder.SaveCheckpoint(model.Parameters, optimiser, state, average is null ? [] : [(AverageName, average.Export())]);
    }

    /// <summary>Fills model, optimiser and average from the newest valid checkpoint.</summary>
    public TrainingState? Load(AcousticModel model, Optimiser optimiser, WeightAverage? average, string fingerprint, Action<string> warn) =>
        _folder.LoadCheckpoint(model.Parameters, optimiser, fingerprint, warn, (state, carried) => average?.Import(state.AverageUpdates, carried(AverageName)));

    /// <summary>Waits until the pause file is gone.</summary>
    public Task WaitWhilePausedAsync(CancellationToken cancellationToken) => _folder.WaitWhilePausedAsync(cancellationToken);
}
