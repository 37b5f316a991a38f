namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// The energy of the background in each band, by minima controlled recursive averaging (Cohen and Berdugo 2002): the energy, smoothed over some frames, of a band
/// without speech stays near its minimum of the last seconds; there the estimate follows the energy, elsewhere it stands. It never leaves the range of 1 to 4
/// times the minimum, so that a stream that begins in the middle of a word recovers in the first gap.
/// </summary>
internal sealed class NoiseTracker
{
    private const int Parts = 6;
    private const float Smoothing = 0.8f;
    private const float Present = 4;
    private const float Highest = 4;
    private const float Following = 0.95f;

    private readonly float _floor;
    private readonly int _partLength;
    private readonly float[] _smooth;
    private readonly float[] _minima;
    private readonly float[] _speech;
    private int _part;
    private int _inPart;
    private long _frames;

    public NoiseTracker(int bands, float floor, int memoryFrames)
    {
        _floor = floor;
        _partLength = Math.Max(1, memoryFrames / Parts);
        Noise = new float[bands];
        _smooth = new float[bands];
        _speech = new float[bands];
        _minima = new float[Parts * bands];
        Reset();
    }

    /// <summary>The background's energy in each band.</summary>
    public float[] Noise { get; }

    /// <summary>Takes the energies of the next frame.</summary>
    public void Hear(ReadOnlySpan<float> energies)
    {
        int bands = Noise.Length;
        if (_inPart == _partLength)
        {
            _part = (_part + 1) % Parts;
            _inPart = 0;
            _minima.AsSpan(_part * bands, bands).Fill(float.PositiveInfinity);
        }

        _inPart++;
        _frames++;
        for (int b = 0; b < bands; b++)
        {
            float energy = Math.Max(energies[b], _floor);
            _smooth[b] = _frames == 1 ? energy : (Smoothing * _smooth[b]) + ((1 - Smoothing) * energy);
            ref float part = ref _minima[(_part * bands) + b];
            part = Math.Min(part, _smooth[b]);
            float least = part;
            for (int p = 0; p < Parts; p++)
                least = Math.Min(least, _minima[(p * bands) + b]);

            _speech[b] = (0.8f * _speech[b]) + (_smooth[b] > Present * least ? 0.2f : 0);
            float keep = Following + ((1 - Following) * _speech[b]);
            float weight = Math.Max(1 - keep, _speech[b] > 0 ? 0 : 1f / _frames);
            Noise[b] = Math.Clamp(Noise[b] + (weight * (energy - Noise[b])), least, Highest * least);
        }
    }

    /// <summary>Forgets what was heard.</summary>
    public void Reset()
    {
        Array.Fill(_minima, float.PositiveInfinity);
        Array.Clear(_speech);
        Array.Clear(_smooth);
        Array.Clear(Noise);
        _part = 0;
        _inPart = 0;
        _frames = 0;
    }
}
