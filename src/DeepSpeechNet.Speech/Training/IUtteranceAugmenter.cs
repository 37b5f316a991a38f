namespace DeepSpeechNet.Speech.Training;

/// <summary>
/// Changes utterances on their way into training so that the network meets more than was recorded. Every draw follows from the seed given. One thread at a
/// time: the trainer asks for one a thread.
/// </summary>
public interface IUtteranceAugmenter
{
    /// <summary>Changes the sound: speed, volume, noise, rooms.</summary>
    /// <param name="samples">At the front end's rate, in [-1, 1).</param>
    /// <param name="seed">Chooses the draws.</param>
    /// <returns>The changed sound, valid until the next call.</returns>
    ReadOnlySpan<float> Waveform(ReadOnlySpan<float> samples, ulong seed);

    /// <summary>Changes the frames in place: masks.</summary>
    /// <param name="frames">[time, feature], row-major.</param>
    /// <param name="frameCount">Time.</param>
    /// <param name="seed">Chooses the draws.</param>
    void Spectrogram(Span<float> frames, int frameCount, ulong seed);
}
