namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// A piece of a stream that <see cref="SpeechSegmenter"/> cut out. Segments follow each other without gaps and cover the stream.
/// </summary>
/// <param name="Start">The first sample, counted from the start of the stream.</param>
/// <param name="End">The sample behind the last one.</param>
/// <param name="HasSpeech">Whether something was said in it.</param>
/// <param name="SpeechStart">Where speech starts, to 10 ms; <paramref name="Start"/> when nothing was said.</param>
/// <param name="SpeechEnd">Where speech ends, to 10 ms; <paramref name="Start"/> when nothing was said.</param>
public readonly record struct SpeechSegment(long Start, long End, bool HasSpeech, long SpeechStart, long SpeechEnd)
{
    /// <summary>Number of samples.</summary>
    public long Length => End - Start;
}
