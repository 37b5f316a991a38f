using System.Security.Cryptography;
using System.Text;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Training;

/// <summary>The output folder of a training run: checkpoints, the log, the pause file, and beside them whatever model the trainer keeps there.</summary>
public sealed class RunFolder
{
    private const string ParameterPrefix = "parameter.", MomentPrefix = "optimiser.";
    private readonly CheckpointStore _store;

    /// <summary>A folder, which is made when something is first saved.</summary>
    public RunFolder(string folder)
    {
        Folder = Path.GetFullPath(folder);
        _store = new CheckpointStore(Checkpoints);
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Where the checkpoints lie.</summary>
    public string Checkpoints => Path.Combine(Folder, "checkpoints");

    /// <summary>While this file exists, training waits.</summary>
    public string PauseFile => Path.Combine(Folder, "pause");

    /// <summary>Whether training is to wait.</summary>
    public bool IsPaused => File.Exists(PauseFile);

    /// <summary>Whether there are checkpoints of an earlier run.</summary>
    public bool HasCheckpoints => _store.Files.Count > 0;

    /// <summary>A digest of all that a resumed run must share with the one it continues.</summary>
    public static string Fingerprint(params ReadOnlySpan<string> parts) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    /// <summary>Replaces the log, <c>log.tsv</c>.</summary>
    /// <param name="header">Names of the columns, separated by tabs.</param>
    /// <param name="lines">A line for each evaluation so far.</param>
    /// <exception cref="FileSaveException">It could not be saved.</exception>
    public void WriteLog(string header, IReadOnlyList<string> lines) => AtomicFile.Write(Path.Combine(Folder, "log.tsv"), stream =>
        stream.Write(Encoding.UTF8.GetBytes(header + "\n" + string.Join('\n', lines) + "\n")));

    /// <summary>Saves weights, moments and state.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="optimiser">The moments.</param>
    /// <param name="state">Where the run stands; its count of the optimiser's steps is brought up to date.</param>
    /// <param name="carried">Further arrays by name: averages of weights, states that go on from batch to batch.</param>
    /// <exception cref="FileSaveException">It could not be saved; the checkpoint before is unchanged.</exception>
    public void SaveCheckpoint(ParameterSet parameters, Optimiser optimiser, TrainingState state, IEnumerable<(string Name, float[] Values)>? carried = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(optimiser);
        ArgumentNullException.ThrowIfNull(state);
        TensorFileWriter writer = new();
        foreach (Parameter parameter in parameters.Parameters)
            writer.Add<float>(ParameterPrefix + parameter.Name, [parameter.Shape.Count], ParameterSet.Get(parameter));
        foreach ((string name, float[] values) in optimiser.Export())
            writer.Add<float>(MomentPrefix + name, [values.Length], values);
        foreach ((string name, float[] values) in carried ?? [])
            writer.Add<float>(name, [values.Length], values);
        state.OptimiserSteps = optimiser.StepCount;
        _store.Save(writer, state.ToJson());
    }

    /// <summary>Fills weights and moments from the newest valid checkpoint.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="optimiser">The moments.</param>
    /// <param name="fingerprint">What the run is (<see cref="Fingerprint"/>).</param>
    /// <param name="warn">Gets one sentence for each newer checkpoint that is damaged.</param>
    /// <param name="carried">Takes the further arrays, which it is given by name.</param>
    /// <returns>Where the run stood; null where there are no checkpoints.</returns>
    /// <exception cref="ModelFormatException">There are checkpoints, but none is valid, or an array is missing.</exception>
    /// <exception cref="TrainingException">The checkpoint belongs to another run.</exception>
    public TrainingState? LoadCheckpoint(ParameterSet parameters, Optimiser optimiser, string fingerprint, Action<string> warn, Action<TrainingState, Func<string, float[]>>? carried = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(optimiser);
        using Checkpoint? checkpoint = _store.LoadNewest(warn);
        if (checkpoint is null)
            return null;
        TrainingState state = TrainingState.FromJson(checkpoint.State);
        if (state.Fingerprint != fingerprint)
            throw new TrainingException($"The checkpoint {checkpoint.Path} belongs to a run with another network, other settings or another training set; resume with the same, or train into another folder.");
        foreach (Parameter parameter in parameters.Parameters)
            ParameterSet.Set(parameter, checkpoint.Tensors.Elements<float>(ParameterPrefix + parameter.Name));
        optimiser.Import(state.OptimiserSteps, name => checkpoint.Tensors.Elements<float>(MomentPrefix + name).ToArray());
        carried?.Invoke(state, name => checkpoint.Tensors.Elements<float>(name).ToArray());
        return state;
    }

    /// <summary>Waits until the pause file is gone.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled first.</exception>
    public async Task WaitWhilePausedAsync(CancellationToken cancellationToken)
    {
        while (IsPaused)
            await Task.Delay(TimeSpan.FromSeconds(0.5), cancellationToken).ConfigureAwait(false);
    }
}
