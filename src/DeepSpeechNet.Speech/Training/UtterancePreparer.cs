using System.Buffers;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Pronunciation;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Training;

/// <summary>An utterance ready for a batch.</summary>
/// <param name="Frames">Its spectrogram; the array is from the shared pool.</param>
/// <param name="Labels">Its text.</param>
/// <param name="Phones">The phones of its text; null where nobody asked for them or a word's are not known.</param>
/// <param name="Seconds">Length of the sound.</param>
internal readonly record struct PreparedUtterance(UtteranceFrames Frames, int[] Labels, int[]? Phones, double Seconds);

/// <summary>
/// Makes an utterance of a corpus into frames and labels: samples, a cut, augmentation, front end, masks. Every random draw follows from the seed, the epoch and the
/// utterance's number alone. One thread at a time.
/// </summary>
internal sealed class UtterancePreparer
{
    private readonly ISpeechCorpus _corpus;
    private readonly Alphabet _alphabet;
    private readonly FeatureExtractor _extractor;
    private readonly IUtteranceAugmenter? _augmenter;
    private readonly UtteranceBeginning? _beginning;
    private readonly PhoneTranscriber? _phones;
    private readonly ulong _seed;

    public UtterancePreparer(
        ISpeechCorpus corpus, Alphabet alphabet, FrontEndOptions frontEnd, IUtteranceAugmenter? augmenter, ulong seed, UtteranceBeginning? beginning = null, PhoneTranscriber? phones = null)
    {
        _corpus = corpus;
        _alphabet = alphabet;
        _extractor = new FeatureExtractor(frontEnd);
        _augmenter = augmenter;
        _beginning = beginning;
        _phones = phones;
        _seed = seed;
    }

    public int Features => _extractor.FeatureCount;

    /// <summary>Whether utterances come with phones.</summary>
    public bool HasPhones => _phones is not null;

    /// <summary>Prepares an utterance; epoch -1 means unchanged, for evaluation.</summary>
    public PreparedUtterance Prepare(int index, int epoch)
    {
        CorpusEntry entry = _corpus[index];
        using SampleBuffer samples = _corpus.ReadSamples(index);
        ReadOnlySpan<float> sound = samples.Span;
        string text = entry.Text;
        ulong seed = CounterRandom.Fork(CounterRandom.Fork(_seed, (ulong)(epoch + 1)), (ulong)index);
        if (epoch >= 0 && _beginning is not null)
        {
            (double kept, text) = _beginning.Draw(entry, CounterRandom.Fork(seed, 2));
            sound = sound[..Math.Min(sound.Length, (int)Math.Ceiling(kept * _extractor.Options.SampleRate))];
        }

        double seconds = sound.Length / (double)_extractor.Options.SampleRate;
        if (epoch >= 0 && _augmenter is not null)
            sound = _augmenter.Waveform(sound, seed);

        int frames = _extractor.FrameCount(sound.Length), length = frames * _extractor.FeatureCount;
        float[] values = ArrayPool<float>.Shared.Rent(Math.Max(1, length));
        _extractor.Compute(sound, values.AsSpan(0, length));
        if (epoch >= 0)
            _augmenter?.Spectrogram(values.AsSpan(0, length), frames, CounterRandom.Fork(seed, 1));
        return new PreparedUtterance(new UtteranceFrames(values, frames), _alphabet.Encode(text), _phones?.Transcribe(text), seconds);
    }
}
