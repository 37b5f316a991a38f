namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// How sure the network is of a word: the probability, by its own posteriors, that the word's frames say exactly this word. It
/// is the sum over all paths that collapse to the word (the CTC forward algorithm, Graves et al. 2006, equation 6) in the
/// frames from its first to its last letter and up to two more on either side, which keeps small shifts in time from
/// counting as doubt; a space before and after may or may not be among those frames. All texts together have probability 1 in
/// any stretch of frames, so this is the word's share against every alternative.
/// </summary>
/// <remarks>
/// The language model has no part in it: a word that the model chose against the sound has a low value, as it should. One
/// instance reuses its buffers; it is not safe for several threads at once.
/// </remarks>
public sealed class WordConfidence
{
    /// <summary>The frames beside a word that take part.</summary>
    public const int Margin = 2;

    private readonly Alphabet _alphabet;
    private int[] _classes = new int[64];
    private double[] _forward = new double[64];

    /// <summary>Creates a measure for an alphabet.</summary>
    public WordConfidence(Alphabet alphabet)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        _alphabet = alphabet;
    }

    /// <summary>The probability of a word.</summary>
    /// <param name="logProbabilities">Natural logarithms of the class probabilities, [time, class] row by row, blank last.</param>
    /// <param name="word">The labels of the word, at least one and no space.</param>
    /// <param name="start">The first frame of its first letter.</param>
    /// <param name="end">The frame after the last of its last letter.</param>
    /// <param name="earliest">The first frame that no earlier word uses.</param>
    /// <param name="latest">The first frame that a later word uses, or the number of frames.</param>
    /// <returns>A probability between 0 and 1.</returns>
    public double Probability(ReadOnlySpan<float> logProbabilities, ReadOnlySpan<int> word, int start, int end, int earliest, int latest)
    {
        ArgumentOutOfRangeException.ThrowIfZero(word.Length, nameof(word));
        int classes = _alphabet.ClassCount;
        int from = Math.Max(earliest, start - Margin);
        int to = Math.Min(latest, end + Margin);
        bool spaces = _alphabet.SpaceIndex >= 0;

        // States: [blank, space,] blank, letter, blank, letter, ..., blank [, space, blank].
        int lead = spaces ? 2 : 0;
        int states = (2 * word.Length) + 1 + (2 * lead);
        Prepare(word, lead, states);
        Span<double> forward = _forward.AsSpan(0, states);
        forward.Clear();
        ReadOnlySpan<float> frame = logProbabilities.Slice(from * classes, classes);

        // Starting in the second blank leaves the space out, starting before it has it among the frames.
        for (int s = 0; s <= lead + 1; s++) forward[s] = Math.Exp(frame[_classes[s]]);
        for (int t = from + 1; t < to; t++) Advance(logProbabilities.Slice(t * classes, classes), forward);

        // The last letter, the blank after it, the space after that and its blank.
        double sum = 0;
        for (int s = states - 2 - lead; s < states; s++) sum += forward[s];
        return Math.Clamp(sum, 0, 1);
    }

    private void Prepare(ReadOnlySpan<int> word, int lead, int states)
    {
        if (_classes.Length < states)
        {
            _classes = new int[2 * states];
            _forward = new double[2 * states];
        }

        Span<int> classes = _classes.AsSpan(0, states);
        classes.Fill(_alphabet.BlankIndex);
        for (int i = 0; i < word.Length; i++) classes[lead + 1 + (2 * i)] = word[i];
        if (lead == 0) return;
        classes[1] = _alphabet.SpaceIndex;
        classes[states - 2] = _alphabet.SpaceIndex;
    }

    private void Advance(ReadOnlySpan<float> frame, Span<double> forward)
    {
        for (int s = forward.Length - 1; s >= 0; s--)
        {
            double sum = forward[s];
            if (s >= 1) sum += forward[s - 1];
            if ((s & 1) == 1 && s >= 3 && _classes[s] != _classes[s - 2]) sum += forward[s - 2];
            forward[s] = sum * Math.Exp(frame[_classes[s]]);
        }
    }
}
