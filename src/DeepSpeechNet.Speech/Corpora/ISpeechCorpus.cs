namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// A numbered set of clips with their texts: a store of decoded samples, a manifest read directly, a selection from either, or
/// several together. All members may be used from many threads at a time.
/// </summary>
public interface ISpeechCorpus : IDisposable
{
    /// <summary>Number of clips.</summary>
    int Count { get; }

    /// <summary>Samples per second of every clip.</summary>
    int SampleRate { get; }

    /// <summary>What is known about a clip.</summary>
    /// <param name="index">Clip, from 0 to <see cref="Count"/> - 1.</param>
    CorpusEntry this[int index] { get; }

    /// <summary>The sound of a clip, from -1 to 1, in a buffer to dispose after use.</summary>
    /// <param name="index">Clip, from 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="CorpusException">The clip is damaged or has gone; the others are still good.</exception>
    SampleBuffer ReadSamples(int index);
}
