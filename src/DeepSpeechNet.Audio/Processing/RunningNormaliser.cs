namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Mean and variance normalisation by the recent past, for streams: after frame t (from 0) the weight of the newest frame is a =
/// max(1 / (t + 1), 1 / T), the mean m += a (x - m) and the variance v = (1 - a) (v + a (x - m)^2) with the mean before the step
/// (West 1979; exponential forgetting once T frames have passed), and the frame becomes (x - m) / sqrt(v + 1e-5) with both after
/// the step. The first frame is therefore zero. The state is carried from call to call, so chunks of any size give the same
/// frames. One thread at a time.
/// </summary>
public sealed class RunningNormaliser
{
    private readonly float[] _mean;
    private readonly float[] _variance;
    private readonly double _memory;
    private long _frames;

    /// <summary>Starts with no past.</summary>
    /// <param name="features">Features of a frame.</param>
    /// <param name="memoryFrames">T, the memory in frames, 1 or more.</param>
    /// <exception cref="ArgumentException">There are no features or the memory is below one frame.</exception>
    public RunningNormaliser(int features, double memoryFrames)
    {
        if (features < 1 || !(memoryFrames >= 1))
        {
            throw new ArgumentException(
                $"A normaliser of {features} features with a memory of {memoryFrames} frames was asked for; both must be at least 1.");
        }

        _mean = new float[features];
        _variance = new float[features];
        _memory = memoryFrames;
    }

    /// <summary>Normalises the next frames in place.</summary>
    /// <param name="frames"><c>[time, feature]</c>, row-major.</param>
    /// <exception cref="ArgumentException">The span is not a whole number of frames.</exception>
    public void Apply(Span<float> frames)
    {
        if (frames.Length % _mean.Length != 0)
            throw new ArgumentException($"{frames.Length} numbers are not whole frames of {_mean.Length}.");
        for (; frames.Length > 0; frames = frames[_mean.Length..])
        {
            _frames++;
            float weight = (float)Math.Max(1.0 / _frames, 1 / _memory);
            for (int i = 0; i < _mean.Length; i++)
            {
                float step = frames[i] - _mean[i];
                _mean[i] += weight * step;
                _variance[i] = (1 - weight) * (_variance[i] + (weight * step * step));
                frames[i] = (frames[i] - _mean[i]) / MathF.Sqrt(_variance[i] + (float)UtteranceNormaliser.VarianceFloor);
            }
        }
    }

    /// <summary>Forgets the past: the next frame is the first of another utterance.</summary>
    public void Reset()
    {
        Array.Clear(_mean);
        Array.Clear(_variance);
        _frames = 0;
    }
}
