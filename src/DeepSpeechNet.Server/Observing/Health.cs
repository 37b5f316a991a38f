namespace DeepSpeechNet.Server.Observing;

/// <summary>Whether recognition works, by how the last tries of it ended. Thread-safe.</summary>
internal sealed class Health
{
    private const int FaultsInARow = 3;

    private int _faults;

    /// <summary>False once several recognitions in a row have failed inside the recogniser.</summary>
    public bool IsWell => Volatile.Read(ref _faults) < FaultsInARow;

    public void Succeeded() => Volatile.Write(ref _faults, 0);

    public void Failed() => Interlocked.Increment(ref _faults);
}
