namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>An opened checkpoint. Dispose it when its tensors have been copied.</summary>
public sealed class Checkpoint : IDisposable
{
    internal Checkpoint(string path, long number, TensorFile tensors, string state)
    {
        Path = path;
        Number = number;
        Tensors = tensors;
        State = state;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Number of the checkpoint, counted from 1 in its folder.</summary>
    public long Number { get; }

    /// <summary>Weights, moments and other arrays.</summary>
    public TensorFile Tensors { get; }

    /// <summary>All other state, as JSON.</summary>
    public string State { get; }

    /// <summary>Closes the file.</summary>
    public void Dispose() => Tensors.Dispose();
}
