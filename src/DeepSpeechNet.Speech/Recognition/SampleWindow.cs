namespace DeepSpeechNet.Speech.Recognition;

/// <summary>The end of a stream of samples: what may still be needed of it. Positions are counted from the start of the stream. For one thread.</summary>
internal sealed class SampleWindow
{
    private float[] _samples = new float[16_384];
    private long _start;
    private int _count;

    /// <summary>The first sample that is still there.</summary>
    public long Start => _start;

    /// <summary>Behind the last sample.</summary>
    public long End => _start + _count;

    /// <summary>Adds samples.</summary>
    public void Append(ReadOnlySpan<float> samples)
    {
        if (_count + samples.Length > _samples.Length)
            Array.Resize(ref _samples, Math.Max(_count + samples.Length, 2 * _samples.Length));
        samples.CopyTo(_samples.AsSpan(_count));
        _count += samples.Length;
    }

    /// <summary>Forgets what lies before a position.</summary>
    public void DropBefore(long position)
    {
        int drop = (int)Math.Clamp(position - _start, 0, _count);
        _samples.AsSpan(drop, _count - drop).CopyTo(_samples);
        _count -= drop;
        _start += drop;
    }

    /// <summary>A copy of the samples between two positions.</summary>
    public float[] Copy(long start, long end) => _samples.AsSpan((int)(start - _start), (int)(end - start)).ToArray();
}
