namespace DeepSpeechNet.Speech.Corpora;

/// <summary>The batches of one epoch in order: batch b of the plan is the same whenever it is asked for.</summary>
public sealed class BatchPlan
{
    private readonly int[] _clips;
    private readonly int[] _starts;

    internal BatchPlan(int epoch, int[] clips, int[] starts, long paddedFrames, long validFrames)
    {
        Epoch = epoch;
        _clips = clips;
        _starts = starts;
        PaddedFrames = paddedFrames;
        ValidFrames = validFrames;
    }

    /// <summary>Number of the epoch, from 0.</summary>
    public int Epoch { get; }

    /// <summary>Number of batches.</summary>
    public int Count => _starts.Length;

    /// <summary>Number of clips in all batches.</summary>
    public int Clips => _clips.Length;

    /// <summary>Frames of all clips.</summary>
    public long ValidFrames { get; }

    /// <summary>Frames of all batches: in each, the longest clip times the number of clips.</summary>
    public long PaddedFrames { get; }

    /// <summary>Padded frames / valid frames - 1: the share of the work that padding adds.</summary>
    public double PaddingWaste => ValidFrames == 0 ? 0 : ((double)PaddedFrames / ValidFrames) - 1;

    /// <summary>The clips of a batch.</summary>
    /// <param name="batch">Batch, from 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlyMemory<int> this[int batch]
    {
        get
        {
            int end = batch + 1 < _starts.Length ? _starts[batch + 1] : _clips.Length;
            return _clips.AsMemory(_starts[batch], end - _starts[batch]);
        }
    }

    /// <summary>The batches from a position to the end of the epoch.</summary>
    /// <param name="position">First batch, from 0 to <see cref="Count"/>.</param>
    public IEnumerable<ReadOnlyMemory<int>> From(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Count);
        return Rest(position);
    }

    private IEnumerable<ReadOnlyMemory<int>> Rest(int position)
    {
        for (int batch = position; batch < Count; batch++) yield return this[batch];
    }
}
