using System.Numerics;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Tells speech from background, 10 ms at a time, by the ratio of two likelihoods (Sohn, Kim and Sung 1999): in each of 20 mel bands the energy is that of
/// the background alone (<see cref="NoiseTracker"/>), or of the background and speech, whose share is estimated from the frame before
/// ("decision-directed", Ephraim and Malah 1984). The mean of the bands' logarithms goes through Sohn's two-state hidden Markov model, which bridges weak frames. A sound
/// that is likely not background becomes speech only when a voice has been heard in it (<see cref="VoicingMeter"/>): blows, clatter and hiss have none, hum has
/// one but is background. Speech goes on over gaps of up to 200 ms.
/// </summary>
internal sealed class SpeechDetector : ISpeechDetector
{
    private const int Bands = 20;
    private const double LowHertz = 120, HighHertz = 4500;

    // A frame's mean log-likelihood ratio counts as much as this many independent bands, less a margin for the error of the noise estimate.
    private const double BandWeight = 5, Margin = 0.3;

    // No band counts more than this, so that a tone alone does not decide.
    private const float BandCap = 6;

    // Sohn's transition probabilities for each 10 ms.
    private const double ToSpeech = 0.02, ToNoise = 0.1;

    // A block with a voice is this periodic; so many blocks must be before a sound is speech, and no longer than so many blocks may speech go on without one.
    private const double VoicedAbove = 0.65;
    private const int VoicedBlocks = 7, VoiceGap = 50;
    private const int Gap = 20;

    // Before the voice, what is within this many blocks of it belongs to its onset: a consonant's closure is no longer.
    private const int OnsetGap = 8;

    private readonly RealFourierTransform _fourier;
    private readonly MelFilterBank _bank;
    private readonly NoiseTracker _noise;
    private readonly VoicingMeter _voicing;
    private readonly float[] _window;
    private readonly float[] _past;
    private readonly float[] _frame;
    private readonly float[] _real;
    private readonly float[] _imaginary;
    private readonly float[] _energies = new float[Bands];
    private readonly float[] _clean = new float[Bands];
    private readonly int _onsetLimit;
    private double _odds;
    private int _onset;
    private int _unheard;
    private int _voiced;
    private int _soft;
    private int _sinceVoice;

    public SpeechDetector(SpeechSegmenterOptions options, int sampleRate)
    {
        int block = (int)Math.Round(sampleRate / (double)VoiceActivity.BlocksPerSecond);
        int length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(2.5 * block));
        _fourier = new RealFourierTransform(length);
        _bank = new MelFilterBank(Bands, sampleRate, length, LowHertz, Math.Min(HighHertz, 0.49 * sampleRate));
        _window = WindowFunction.Create(WindowShape.Hann, length);
        _past = new float[length];
        _frame = new float[length];
        _real = new float[(length / 2) + 1];
        _imaginary = new float[(length / 2) + 1];
        double power = 0;
        foreach (float w in _window)
            power += w * w;
        _noise = new NoiseTracker(Bands, (float)(power * Math.Pow(10, options.QuietestDecibels / 10)), (int)(options.BackgroundSeconds * VoiceActivity.BlocksPerSecond));
        _voicing = new VoicingMeter(sampleRate);
        _onsetLimit = (int)(options.LeadSeconds * VoiceActivity.BlocksPerSecond);
        Reset();
    }

    /// <inheritdoc/>
    public bool InSpeech { get; private set; }

    /// <summary>The logarithm of the odds that the last block was not background alone.</summary>
    public double LogOdds => _odds;

    /// <summary>How periodic the last block was.</summary>
    public double Voicing { get; private set; }

    /// <inheritdoc/>
    public double Hear(ReadOnlySpan<float> block, out int speechBlocks)
    {
        double energy = VoiceActivity.Variance(block);
        Span<float> now = _past.AsSpan(_past.Length - block.Length);
        _past.AsSpan(block.Length).CopyTo(_past);
        if (energy > 0)
            block.CopyTo(now);
        else
            now.Clear();

        // While the window holds the nothing before the stream, its energies would be taken for a background softer than there is.
        _unheard = Math.Max(0, _unheard - block.Length);
        if (_unheard == 0)
            Likelihood();
        Voicing = _voicing.Hear(now);

        bool active = _odds > 0;
        bool voiced = active && Voicing > VoicedAbove;
        _sinceVoice = voiced ? 0 : _sinceVoice + 1;
        _soft = active ? 0 : _soft + 1;
        _onset = _soft > OnsetGap ? 0 : _onset + 1;
        if (_soft > Gap)
        {
            _voiced = 0;
            InSpeech = false;
        }
        else
        {
            _voiced += voiced ? 1 : 0;
        }

        speechBlocks = 0;
        if (!active)
            return energy;
        if (InSpeech)
        {
            speechBlocks = _sinceVoice <= VoiceGap ? 1 : 0;
        }
        else if (_voiced >= VoicedBlocks)
        {
            InSpeech = true;
            speechBlocks = Math.Min(_onset, _onsetLimit);
        }

        return energy;
    }

    /// <summary>Brings the odds up to date with the last frame.</summary>
    private void Likelihood()
    {
        for (int n = 0; n < _frame.Length; n++)
            _frame[n] = _past[n] * _window[n];
        _fourier.Forward(_frame, _real, _imaginary);
        for (int k = 0; k < _real.Length; k++)
            _real[k] = (_real[k] * _real[k]) + (_imaginary[k] * _imaginary[k]);
        _bank.Apply(_real, _energies);
        _noise.Hear(_energies);

        double sum = 0;
        for (int b = 0; b < Bands; b++)
        {
            float posterior = Math.Min(_energies[b] / _noise.Noise[b], 1000);
            float prior = (0.9f * _clean[b]) + (0.1f * Math.Max(posterior - 1, 0));
            float gain = prior / (1 + prior);
            _clean[b] = gain * gain * posterior;
            sum += Math.Min((posterior * gain) - MathF.Log(1 + prior), BandCap);
        }

        // Sohn's forward recursion for the odds of speech, G' = (a01 + a11 G) / (a00 + a10 G) L.
        double odds = Math.Exp(_odds);
        double before = (ToSpeech + ((1 - ToNoise) * odds)) / (1 - ToSpeech + (ToNoise * odds));
        _odds = Math.Clamp(Math.Log(before) + (BandWeight * ((sum / Bands) - Margin)), -20, 20);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_past);
        Array.Clear(_clean);
        _noise.Reset();
        _voicing.Reset();
        _odds = 0;
        _onset = 0;
        _unheard = _past.Length;
        _voiced = 0;
        _soft = 0;
        _sinceVoice = int.MaxValue / 2;
        InSpeech = false;
    }
}
