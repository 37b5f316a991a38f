namespace DeepSpeechNet.Language.Decoding;

/// <summary>Checks of the log-probabilities that decoders and the aligner take.</summary>
internal static class CtcFrames
{
    /// <summary>The number of frames in [time, class] values.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of the number of classes.</exception>
    public static int Count(int values, Alphabet alphabet)
    {
        (int frames, int rest) = Math.DivRem(values, alphabet.ClassCount);
        if (rest != 0)
        {
            throw new ArgumentException(
                $"{values} log-probabilities do not divide into frames of {alphabet.ClassCount} classes; "
                + "the network's output must match the alphabet, blank included.");
        }

        return frames;
    }

    /// <summary>The complaint about a NaN.</summary>
    public static ArgumentException NotANumber(int frame) =>
        new($"Frame {frame} of the log-probabilities holds NaN; the network or its input is broken.");
}
