namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// Trains a channel on pairs of what was meant and what was written. Expectation maximisation over all ways of cutting a pair into copied letters and edits
/// α → β of one to three letters each: P(α → β) = c(α → β) / n(α), with c the expected count of the edit and n(α) the expected number of
/// cuts after which α stands (Brill and Moore 2000, section 3, with expected counts in place of one alignment's). Counts of long edits are discounted, and
/// what is left over goes to general rates of substitution, deletion, insertion and transposition, so that no single slip is impossible.
/// </summary>
public sealed class ChannelTrainer
{
    private const int Segments = ChannelLetters.SegmentCount, Max = ChannelLetters.MaxLength;

    private readonly ChannelTrainerOptions _options;
    private readonly double[] _occurrences = new double[Segments];
    private readonly double[] _copies = new double[ChannelLetters.Count];
    private Dictionary<int, double> _edits = [];
    private Dictionary<int, double> _counts = [];
    private double[] _copy = new double[ChannelLetters.Count];
    private double[] _forward = [], _backward = [];
    private bool _first;

    /// <summary>A trainer.</summary>
    /// <param name="options">How to train; null for the defaults.</param>
    public ChannelTrainer(ChannelTrainerOptions? options = null)
    {
        _options = options ?? new ChannelTrainerOptions();
        _options.Validate();
    }

    /// <summary>ln P of all pairs under the channel before the last round, without those it could not explain.</summary>
    public double LogLikelihood { get; private set; }

    /// <summary>Pairs used in the last round: those with letters of the alphabet only that the channel could explain.</summary>
    public int PairsUsed { get; private set; }

    /// <summary>Trains.</summary>
    /// <param name="pairs">The pairs, in lower case; those with other characters than a to z, apostrophe and space are left out.</param>
    /// <param name="progress">Is told the rounds done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">No pair can be used.</exception>
    public ChannelModel Train(IEnumerable<SpellingPair> pairs, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        List<(byte[] Right, byte[] Wrong)> work = [];
        foreach (SpellingPair pair in pairs)
        {
            if (ChannelLetters.Enclose(pair.Right) is { Length: > 2 } right && ChannelLetters.Enclose(pair.Wrong) is { Length: > 2 } wrong)
                work.Add((right, wrong));
        }

        if (work.Count == 0)
            throw new ArgumentException("There is no pair of texts of the letters a to z, apostrophe and space to train the channel on.", nameof(pairs));
        Array.Fill(_copy, 0.9);
        _edits = [];
        for (int round = 0; round < _options.Rounds; round++)
        {
            _first = round == 0;
            _counts = [];
            Array.Clear(_occurrences);
            Array.Clear(_copies);
            LogLikelihood = 0;
            PairsUsed = 0;
            foreach ((byte[] right, byte[] wrong) in work)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Expect(right, wrong);
            }

            Maximise();
            progress?.Report(round + 1);
        }

        return Build();
    }

    /// <summary>Before the first round, edits cost by how many slips they are: what is short and like is likelier.</summary>
    private static double Guess(ReadOnlySpan<byte> meant, ReadOnlySpan<byte> seen)
    {
        int slips = Slips(meant, seen);
        return Math.Pow(0.01, slips) * Math.Pow(0.3, meant.Length + seen.Length - 2);
    }

    /// <summary>Edit distance of two runs of up to three letters, an exchange of neighbours counting one (Damerau).</summary>
    private static int Slips(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Span<int> d = stackalloc int[(Max + 1) * (Max + 1)];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                int best = i == 0 ? j : j == 0 ? i : Math.Min(
                    d[((i - 1) * 4) + j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1),
                    Math.Min(d[((i - 1) * 4) + j], d[(i * 4) + j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, d[((i - 2) * 4) + j - 2] + 1);
                d[(i * 4) + j] = best;
            }
        }

        return d[(a.Length * 4) + b.Length];
    }

    private double Probability(ReadOnlySpan<byte> meant, ReadOnlySpan<byte> seen, out int key)
    {
        key = (ChannelLetters.Pack(meant) * Segments) + ChannelLetters.Pack(seen);
        if (meant.SequenceEqual(seen))
            return 0;
        if (_first)
            return Guess(meant, seen);
        return _edits.GetValueOrDefault(key);
    }

    /// <summary>Adds the expected counts of one pair.</summary>
    private void Expect(byte[] right, byte[] wrong)
    {
        int width = wrong.Length + 1, cells = (right.Length + 1) * width;
        if (_forward.Length < cells)
        {
            _forward = new double[cells];
            _backward = new double[cells];
        }

        Array.Clear(_forward, 0, cells);
        Array.Clear(_backward, 0, cells);
        Forward(right, wrong, width);
        double total = _forward[cells - 1];
        if (!(total > 1e-250))
            return;
        LogLikelihood += Math.Log(total);
        PairsUsed++;
        Backward(right, wrong, width, total);
    }

    private void Forward(byte[] right, byte[] wrong, int width)
    {
        _forward[0] = 1;
        for (int i = 0; i < right.Length; i++)
        {
            for (int j = 0; j < wrong.Length; j++)
            {
                double here = _forward[(i * width) + j];
                if (here <= 0)
                    continue;
                if (right[i] == wrong[j])
                    _forward[((i + 1) * width) + j + 1] += here * _copy[right[i]];
                for (int a = 1; a <= Max && i + a <= right.Length; a++)
                {
                    for (int b = 1; b <= Max && j + b <= wrong.Length; b++)
                        _forward[((i + a) * width) + j + b] += here * Probability(right.AsSpan(i, a), wrong.AsSpan(j, b), out _);
                }
            }
        }
    }

    private void Backward(byte[] right, byte[] wrong, int width, double total)
    {
        _backward[(right.Length * width) + wrong.Length] = 1;
        for (int i = right.Length - 1; i >= 0; i--)
        {
            double cut = 0;
            for (int j = wrong.Length - 1; j >= 0; j--)
            {
                double here = _forward[(i * width) + j] / total;
                if (here <= 0)
                    continue;
                double sum = 0;
                if (right[i] == wrong[j])
                {
                    double way = _copy[right[i]] * _backward[((i + 1) * width) + j + 1];
                    sum += way;
                    _copies[right[i]] += here * way;
                }

                for (int a = 1; a <= Max && i + a <= right.Length; a++)
                {
                    for (int b = 1; b <= Max && j + b <= wrong.Length; b++)
                    {
                        double after = _backward[((i + a) * width) + j + b];
                        if (after <= 0)
                            continue;
                        double way = after * Probability(right.AsSpan(i, a), wrong.AsSpan(j, b), out int key);
                        if (way <= 0)
                            continue;
                        sum += way;
                        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _) += here * way;
                    }
                }

                _backward[(i * width) + j] = sum;
                cut += here * sum;
            }

            for (int a = 1; a <= Max && i + a <= right.Length; a++)
                _occurrences[ChannelLetters.Pack(right.AsSpan(i, a))] += cut;
        }
    }

    private void Maximise()
    {
        Dictionary<int, double> discounted = new(_counts.Count);
        Span<byte> meant = stackalloc byte[Max], seen = stackalloc byte[Max];
        foreach ((int key, double count) in _counts)
        {
            int letters = ChannelLetters.Unpack(key / Segments, meant) + ChannelLetters.Unpack(key % Segments, seen);
            double left = count - (_options.Discount * (letters - 2));
            if (left > 0)
                discounted.Add(key, left);
        }

        GeneralRates general = new(_counts, _occurrences);
        Dictionary<int, double> edits = general.AllEdits();
        foreach ((int key, double rate) in edits)
        {
            int alpha = key / Segments;
            edits[key] = _options.Smoothing * rate / (_occurrences[alpha] + _options.Smoothing);
        }

        foreach ((int key, double count) in discounted)
        {
            int alpha = key / Segments;
            double probability = count / (_occurrences[alpha] + _options.Smoothing);
            ref double there = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(edits, key, out bool isGeneral);
            if (isGeneral || probability >= _options.LeastProbability)
                there += probability;
            else
                edits.Remove(key);
        }

        _edits = edits;
        double allCopies = 0, allLetters = 0;
        for (int letter = 1; letter < ChannelLetters.Count; letter++)
        {
            allCopies += _copies[letter];
            allLetters += _occurrences[letter];
        }

        double usual = Math.Clamp(allCopies / Math.Max(allLetters, 1e-9), 0.5, 0.999);
        _copy = new double[ChannelLetters.Count];
        _copy[0] = 1;
        for (int letter = 1; letter < ChannelLetters.Count; letter++)
            _copy[letter] = Math.Clamp((_copies[letter] + (_options.Smoothing * usual)) / (_occurrences[letter] + _options.Smoothing), 0.05, 0.9999);
    }

    private ChannelModel Build()
    {
        List<EditUnit> units = new(_edits.Count);
        foreach ((int key, double probability) in _edits)
            units.Add(new EditUnit(key / Segments, key % Segments, (float)Math.Log(Math.Min(probability, 0.9999))));
        return new ChannelModel(Array.ConvertAll(_copy, c => (float)Math.Log(c)), units);
    }
}
