namespace DeepSpeechNet.Language.Decoding;

/// <summary>Chooses the symbols that may extend prefixes in a frame, most probable first.</summary>
internal sealed class ClassPruner
{
    private readonly int _top;
    private readonly double _mass;
    private readonly float[] _keys;
    private readonly int[] _classes;
    private int _count;

    /// <summary>Creates a pruner for frames of a number of classes, blank last.</summary>
    public ClassPruner(int classes, PrefixBeamOptions options)
    {
        _top = Math.Min(options.TopClasses, classes);
        _mass = options.CumulativeProbability;
        _keys = new float[classes];
        _classes = new int[classes];
    }

    /// <summary>The chosen symbols, without the blank.</summary>
    public ReadOnlySpan<int> Classes => _classes.AsSpan(0, _count);

    /// <summary>Their log-probabilities.</summary>
    public ReadOnlySpan<float> LogProbabilities => _keys.AsSpan(0, _count);

    /// <summary>Chooses for one frame; false if it holds NaN.</summary>
    public bool Choose(ReadOnlySpan<float> frame)
    {
        bool broken = false;
        for (int c = 0; c < frame.Length; c++)
        {
            broken |= float.IsNaN(frame[c]);
            _keys[c] = -frame[c];
            _classes[c] = c;
        }

        if (broken) return false;
        _keys.AsSpan().Sort(_classes.AsSpan());
        int blank = frame.Length - 1;
        int count = 0;
        double mass = 0;
        for (int k = 0; k < _top; k++)
        {
            float value = -_keys[k];
            int label = _classes[k];
            if (label != blank)
            {
                _keys[count] = value;
                _classes[count++] = label;
            }

            if (_mass >= 1) continue;
            mass += Math.Exp(value);
            if (mass >= _mass) break;
        }

        _count = count;
        return true;
    }
}
