using DeepSpeechNet.Audio.Augmentation;
using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Speech.Training;

/// <summary>The audio library's augmentation on the way into training: speed, rooms, noise, microphones, band limits, shifts and volume on the sound, vocal tracts and masks on the frames.</summary>
public sealed class UtteranceAugmenter : IUtteranceAugmenter
{
    private readonly WaveformAugmenter _waveform;
    private readonly VocalTractPerturbation _vocalTract;
    private readonly SpecAugment _masks;
    private readonly int _features;

    /// <summary>An augmenter for utterances of a front end.</summary>
    /// <param name="options">What is changed, and how often.</param>
    /// <param name="frontEnd">The front end.</param>
    /// <param name="noises">Noise clips at the front end's rate, shared between augmenters; none means made-up noises.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public UtteranceAugmenter(AugmentationOptions options, FrontEndOptions frontEnd, IReadOnlyList<float[]> noises)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(frontEnd);
        _waveform = new WaveformAugmenter(options, frontEnd.SampleRate, noises);
        _vocalTract = new VocalTractPerturbation(options.VocalTract, frontEnd);
        _masks = new SpecAugment(options.SpecAugment);
        _features = new FeatureExtractor(frontEnd).FeatureCount;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Waveform(ReadOnlySpan<float> samples, ulong seed) => _waveform.Apply(samples, seed);

    /// <inheritdoc/>
    public void Spectrogram(Span<float> frames, int frameCount, ulong seed)
    {
        _vocalTract.Apply(frames, frameCount, seed);
        _masks.Apply(frames, frameCount, _features, seed);
    }
}
