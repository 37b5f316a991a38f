namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// Turns the output of a CTC network into text, chunk by chunk: cutting the frames into other chunks never changes a result.
/// One decoder serves one stream at a time; it is not safe for several threads at once.
/// </summary>
public interface ICtcDecoder
{
    /// <summary>The alphabet of the network.</summary>
    Alphabet Alphabet { get; }

    /// <summary>The frames taken since the start or the last <see cref="Reset"/>.</summary>
    int FrameCount { get; }

    /// <summary>Takes the next frames.</summary>
    /// <param name="logProbabilities">Natural logarithms of the class probabilities, [time, class] row by row, blank last.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the number of classes, or a value is NaN.</exception>
    void Accept(ReadOnlySpan<float> logProbabilities);

    /// <summary>
    /// The best hypothesis so far, for an utterance that goes on: a language model takes its last word for a whole one, but nothing for the end of a sentence.
    /// The state stays as it is.
    /// </summary>
    CtcHypothesis Partial();

    /// <summary>
    /// The best hypotheses for an utterance that ends here, best first: at least one, at most <paramref name="count"/>. The
    /// state stays as it is; call <see cref="Reset"/> before the next utterance.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is less than 1.</exception>
    IReadOnlyList<CtcHypothesis> Finish(int count = 1);

    /// <summary>Forgets all frames; buffers stay for the next utterance.</summary>
    void Reset();
}
