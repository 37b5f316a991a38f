namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>
/// Where in an utterance certain phones may have ended: the CTC forward variables of the last of them (Graves et al. 2006, equations 6 and 7), frame by frame and
/// scaled. Frames that next to nothing ends in are left out. Several prefixes may hold one.
/// </summary>
internal sealed class PhoneEnds
{
    /// <summary>How many hold it.</summary>
    public int References;

    /// <summary>The first frame kept; -1 is before the first of the utterance.</summary>
    public int First;

    /// <summary>How many frames are kept.</summary>
    public int Count;

    /// <summary>The last phone, or -1 where nothing was said yet.</summary>
    public int Last;

    /// <summary>By frame, the paths that have said just these phones.</summary>
    public double[] Said = new double[64];

    /// <summary>Those of them that are in the blank after the last phone.</summary>
    public double[] Paused = new double[64];

    /// <summary>The natural logarithm of what both were divided by.</summary>
    public double LogScale;
}

/// <summary>
/// The probability of phones in the frames of one utterance, word after word: what the phones so far end in is kept, and the next word goes on from there. Not safe
/// for several threads at once.
/// </summary>
internal sealed class PhonePaths
{
    /// <summary>
    /// The share of a uniform distribution in every frame. Dictionaries know one way to say a word and people many: no single phone can then cost more than some
    /// ten nats.
    /// </summary>
    public const double Smoothing = 1e-4;

    /// <summary>Ends that are less probable than this beside the best one are left out.</summary>
    private const double Negligible = 1e-14;

    // So many phones, none of which fits, stay within the range of a double.
    private const int AtOnce = 32;

    private readonly int _classes;
    private readonly List<PhoneEnds> _made = [];
    private readonly Stack<PhoneEnds> _free = new();
    private readonly double[] _spoken = new double[AtOnce];
    private readonly double[] _paused = new double[AtOnce];
    private double[] _frames = [];
    private int _count;

    /// <summary>Paths over so many phones.</summary>
    public PhonePaths(int phones) => _classes = phones + 1;

    /// <summary>Takes the frames of an utterance.</summary>
    /// <param name="logProbabilities">Natural logarithms, [time, phone and last the blank], row-major.</param>
    public void Load(ReadOnlySpan<float> logProbabilities)
    {
        _count = logProbabilities.Length / _classes;
        if (_frames.Length < logProbabilities.Length)
            _frames = new double[2 * logProbabilities.Length];
        for (int i = 0; i < logProbabilities.Length; i++)
            _frames[i] = ((1 - Smoothing) * Math.Exp(logProbabilities[i])) + (Smoothing / _classes);
    }

    /// <summary>Nothing said: blanks up to any frame. All that was given out before is free again.</summary>
    public PhoneEnds Begin()
    {
        _free.Clear();
        foreach (PhoneEnds made in _made)
            _free.Push(made);
        PhoneEnds ends = Take();
        ends.First = ends.Last = -1;
        ends.LogScale = 0;
        double paused = 1;
        for (int t = 0; t <= _count && paused > Negligible; t++)
        {
            Add(ends, paused, paused);
            paused *= t < _count ? _frames[(t * _classes) + _classes - 1] : 1;
        }

        return ends;
    }

    /// <summary>More phones, or none.</summary>
    /// <returns>What they end in, held once.</returns>
    public PhoneEnds Extend(PhoneEnds from, ReadOnlySpan<int> phones)
    {
        from.References++;
        while (!phones.IsEmpty)
        {
            PhoneEnds next = Say(from, phones[..Math.Min(AtOnce, phones.Length)]);
            Release(from);
            from = next;
            phones = phones[Math.Min(AtOnce, phones.Length)..];
        }

        return from;
    }

    /// <summary>The natural logarithm of the probability that these phones and no more are said in the whole utterance; negative infinity where they do not fit.</summary>
    public double LogProbability(PhoneEnds ends)
    {
        if (ends.Count == 0)
            return double.NegativeInfinity;
        int kept = Math.Min(ends.Count - 1, _count - 1 - ends.First);
        double spoken = ends.Said[kept] - ends.Paused[kept], paused = ends.Paused[kept], log = ends.LogScale;

        // Frames that were left out: nothing new is said in them.
        for (int t = ends.First + kept + 1; t < _count; t++)
        {
            ReadOnlySpan<double> frame = _frames.AsSpan(t * _classes, _classes);
            paused = (spoken + paused) * frame[^1];
            spoken = ends.Last < 0 ? 0 : spoken * frame[ends.Last];
            double sum = spoken + paused;
            log += Math.Log(sum);
            spoken /= sum;
            paused /= sum;
        }

        return log + Math.Log(spoken + paused);
    }

    /// <summary>
    /// The natural logarithm of the highest probability that these phones and no more are said by one of some frames, very low where they are far from all of them;
    /// or a floor, if that is higher.
    /// </summary>
    public static double LogProbability(PhoneEnds ends, int firstFrame, int lastFrame, double floor = double.NegativeInfinity)
    {
        // No frame has more than the peak that all were divided by.
        if (ends.LogScale <= floor)
            return floor;
        int first = Math.Max(0, firstFrame - ends.First), last = Math.Min(ends.Count - 1, lastFrame - ends.First);
        double best = 0;
        for (int i = first; i <= last; i++)
        {
            double said = ends.Said[i];
            if (said > best)
                best = said;
        }

        return Math.Max(floor, ends.LogScale + Math.Log(best + Negligible));
    }

    /// <summary>Tells that one of those that held it does so no longer.</summary>
    public void Release(PhoneEnds ends)
    {
        if (--ends.References == 0)
            _free.Push(ends);
    }

    private PhoneEnds Say(PhoneEnds from, ReadOnlySpan<int> phones)
    {
        // The recursion of a whole text, but that the first phone is entered from where the phones before it ended. spoken[k]: paths in phone k, paused[k]: in the
        // blank after it.
        Span<double> spoken = _spoken.AsSpan(0, phones.Length), paused = _paused.AsSpan(0, phones.Length);
        spoken.Clear();
        paused.Clear();
        PhoneEnds ends = Take();
        ends.First = from.First + 1;
        ends.Last = phones[^1];
        double[] before = phones[0] == from.Last ? from.Paused : from.Said;
        double peak = 0;
        int rest = _count - ends.First;
        for (int i = 0; i < rest; i++)
        {
            double enters = i < from.Count ? before[i] : 0, sum = 0, ended = 0;
            ReadOnlySpan<double> frame = _frames.AsSpan((ends.First + i) * _classes, _classes);
            double pause = frame[^1];
            for (int k = 0; k < phones.Length; k++)
            {
                double was = spoken[k], rested = paused[k], now = (was + enters) * frame[phones[k]], pausing = (was + rested) * pause;
                spoken[k] = now;
                paused[k] = pausing;
                ended = now + pausing;
                sum += ended;
                enters = k + 1 < phones.Length && phones[k + 1] == phones[k] ? rested : was + rested;
            }

            Add(ends, ended, paused[^1]);
            if (ended > peak)
                peak = ended;
            else if (i >= from.Count && sum <= Negligible * peak)
                break;
        }

        Trim(ends, peak);
        ends.LogScale = from.LogScale + (peak > 0 ? Math.Log(peak) : 0);
        return ends;
    }

    private PhoneEnds Take()
    {
        if (!_free.TryPop(out PhoneEnds? ends))
            _made.Add(ends = new PhoneEnds());
        ends.References = 1;
        ends.Count = 0;
        return ends;
    }

    private static void Add(PhoneEnds ends, double said, double paused)
    {
        if (ends.Count == ends.Said.Length)
        {
            Array.Resize(ref ends.Said, 2 * ends.Count);
            Array.Resize(ref ends.Paused, 2 * ends.Count);
        }

        ends.Said[ends.Count] = said;
        ends.Paused[ends.Count++] = paused;
    }

    /// <summary>Leaves out what is next to nothing at both sides, and divides by the peak.</summary>
    private static void Trim(PhoneEnds ends, double peak)
    {
        int low = 0, high = peak > 0 ? ends.Count : 0;
        while (low < high && ends.Said[low] <= Negligible * peak)
            low++;
        while (high > low && ends.Said[high - 1] <= Negligible * peak)
            high--;
        for (int i = low; i < high; i++)
        {
            ends.Said[i - low] = ends.Said[i] / peak;
            ends.Paused[i - low] = ends.Paused[i] / peak;
        }

        ends.First += low;
        ends.Count = high - low;
    }
}
