namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// What <see cref="UtteranceNormaliser"/> and <see cref="LevelNormaliser"/> do, for an utterance that is still going on: by what has been heard of it so far, and at its
/// start by what came before, which counts as one second. With the other normalisations it does nothing. One thread at a time.
/// </summary>
public sealed class LiveNormaliser
{
    private readonly FeatureNormalisation _kind;
    private readonly double[] _sum;
    private readonly double[] _squares;
    private readonly double _memory;
    private double _energy;
    private double _frames;

    /// <summary>Starts with no past.</summary>
    /// <param name="options">The front end that the frames come from.</param>
    /// <param name="features">Features of a frame.</param>
    public LiveNormaliser(FrontEndOptions options, int features)
    {
        _kind = options.Normalisation;
        _sum = new double[features];
        _squares = new double[features];
        _memory = 1 / options.HopSeconds;
    }

    /// <summary>Begins another utterance of the same stream.</summary>
    public void Begin()
    {
        if (_frames <= _memory)
            return;
        double share = _memory / _frames;
        for (int i = 0; i < _sum.Length; i++)
        {
            _sum[i] *= share;
            _squares[i] *= share;
        }

        _energy *= share;
        _frames = _memory;
    }

    /// <summary>Hears frames before normalisation.</summary>
    /// <param name="frames"><c>[time, feature]</c>, row-major.</param>
    public void Hear(ReadOnlySpan<float> frames)
    {
        int features = _sum.Length;
        _frames += frames.Length / features;
        if (_kind == FeatureNormalisation.Level)
        {
            foreach (float x in frames)
                _energy += Math.Exp(x);
        }
        else if (_kind == FeatureNormalisation.PerUtterance)
        {
            for (; frames.Length > 0; frames = frames[features..])
            {
                for (int i = 0; i < features; i++)
                {
                    _sum[i] += frames[i];
                    _squares[i] += (double)frames[i] * frames[i];
                }
            }
        }
    }

    /// <summary>Normalises frames in place.</summary>
    /// <param name="frames"><c>[time, feature]</c>, row-major.</param>
    public void Apply(Span<float> frames)
    {
        int features = _sum.Length;
        if (_kind == FeatureNormalisation.Level && _energy > 0)
        {
            float level = (float)Math.Log(_energy / (_frames * features));
            foreach (ref float x in frames)
                x = (Math.Max(x - level, -LevelNormaliser.Range) + LevelNormaliser.Offset) * (1 / LevelNormaliser.Spread);
        }
        else if (_kind == FeatureNormalisation.PerUtterance && _frames > 0)
        {
            for (int i = 0; i < features; i++)
            {
                double mean = _sum[i] / _frames, variance = Math.Max(0, (_squares[i] / _frames) - (mean * mean));
                float centre = (float)mean, scale = (float)(1 / Math.Sqrt(variance + UtteranceNormaliser.VarianceFloor));
                for (int at = i; at < frames.Length; at += features)
                    frames[at] = (frames[at] - centre) * scale;
            }
        }
    }
}
