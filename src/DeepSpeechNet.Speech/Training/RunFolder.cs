using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Training;

/// <summary>The output folder of a training run: the best package, checkpoints, the log, and the pause file.</summary>
internal sealed class RunFolder
{
    private const string ParameterPrefix = "parameter.", MomentPrefix = "optimiser.", AverageName = "average";
    private readonly string _folder;
    private readonly CheckpointStore _store;

    public RunFolder(string folder)
    {
        _folder = Path.GetFullPath(folder);
        _store = new CheckpointStore(Checkpoints);
    }

    public string Checkpoints => Path.Combine(_folder, "checkpoints");

    public string PauseFile => Path.Combine(_folder, "pause");

    public bool IsPaused => File.Exists(PauseFile);

    public bool HasCheckpoints => _store.Files.Count > 0;

    /// <summary>What a resumed run must share with the one it continues: network, alphabet, front end, settings and the corpus's size.</summary>
    public static string Fingerprint(AcousticModel model, ModelDescription description, SpeechTrainerOptions options, ISpeechCorpus train)
    {
        string all = string.Join(
            '\n',
            JsonSerializer.Serialize(description.FrontEnd, PackageJson.Default.FrontEndOptions),
            JsonSerializer.Serialize(model.Options, PackageJson.Default.AcousticModelOptions),
            description.Alphabet.Symbols,
            (options with { PreparationThreads = 1, CheckpointMinutes = 1, MaximumSkippedSteps = 1 }).ToString(),
            train.Count.ToString());
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }

    public static string LogLine(EpochProgress p) =>
        $"{p.Epoch}\t{p.Loss:F4}\t{p.DevLoss:F4}\t{p.CharacterErrorRate:F4}\t{p.WordErrorRate:F4}\t{(p.Best ? "best" : "")}\t{p.Elapsed.TotalSeconds:F0}";

    public void WriteLog(IReadOnlyList<string> lines) => AtomicFile.Write(Path.Combine(_folder, "log.tsv"), stream =>
        stream.Write(Encoding.UTF8.GetBytes("epoch\tloss\tdev_loss\tdev_cer\tdev_wer\tbest\tseconds\n" + string.Join('\n', lines) + "\n")));

    public void SaveBest(AcousticModel model, ModelDescription description) => ModelPackage.Save(_folder, model, description);

    public void SaveCheckpoint(AcousticModel model, Optimiser optimiser, WeightAverage? average, TrainerState state)
    {
        TensorFileWriter writer = new();
        foreach (Parameter parameter in model.Parameters.Parameters)
            writer.Add<float>(ParameterPrefix + parameter.Name, [parameter.Shape.Count], ParameterSet.Get(parameter));
        foreach ((string name, float[] values) in optimiser.Export())
            writer.Add<float>(MomentPrefix + name, [values.Length], values);
        state.OptimiserSteps = optimiser.StepCount;
        if (average is not null)
        {
            float[] values = average.Export();
            writer.Add<float>(AverageName, [values.Length], values);
            state.AverageUpdates = average.UpdateCount;
        }

        _store.Save(writer, state.ToJson());
    }

    /// <summary>Fills model, optimiser and average from the newest valid checkpoint.</summary>
    public TrainerState? Load(AcousticModel model, Optimiser optimiser, WeightAverage? average, string fingerprint, Action<string> warn)
    {
        using Checkpoint? checkpoint = _store.LoadNewest(warn);
        if (checkpoint is null)
            return null;
        TrainerState state = TrainerState.FromJson(checkpoint.State);
        if (state.Fingerprint != fingerprint)
            throw new TrainingException($"The checkpoint {checkpoint.Path} belongs to a run with another network, other settings or another training set; resume with the same, or train into another folder.");
        foreach (Parameter parameter in model.Parameters.Parameters)
            ParameterSet.Set(parameter, checkpoint.Tensors.Elements<float>(ParameterPrefix + parameter.Name));
        optimiser.Import(state.OptimiserSteps, name => checkpoint.Tensors.Elements<float>(MomentPrefix + name).ToArray());
        average?.Import(state.AverageUpdates, checkpoint.Tensors.Elements<float>(AverageName));
        return state;
    }
}
