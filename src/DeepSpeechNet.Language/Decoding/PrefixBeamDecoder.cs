namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// CTC prefix beam search (Hannun et al. 2014, "First-pass large vocabulary continuous speech recognition using bi-directional
/// recurrent DNNs", algorithm 1; Graves 2012, section 7.5.3), in log space. A prefix l carries the probability of all paths
/// that collapse to it, apart for those that end in the blank (b) and in its last label (n); with y the class probabilities:
/// <code>
/// b'(l) = y(blank) (b(l) + n(l))
/// n'(l) = y(last) n(l)  +  y(last) (b(k) + n(k))      k is l without its last label; if k ends in that label too: b(k) alone
/// </code>
/// A scorer adds its score of the prefix to the logarithm of b + n for ranking; it is not mixed into b and n, so the acoustic
/// probability stays exact. With a beam as wide as the number of prefixes the search is exact.
/// </summary>
/// <remarks>
/// After warm-up a frame allocates nothing. Results depend on the frames alone, not on how they are cut into calls. The scorer,
/// if any, is used by this decoder only; the caller keeps what it owns.
/// </remarks>
public sealed class PrefixBeamDecoder : ICtcDecoder
{
    private readonly PrefixBeamOptions _options;
    private readonly IScorer? _scorer;
    private readonly int _symbols;
    private readonly PrefixTree _tree;
    private readonly BeamCandidates _candidates;
    private readonly ClassPruner _pruner;
    private readonly ScorerBatch _batch;

    private int[] _beam = new int[256];
    private int[] _next = new int[256];
    private int[] _new = new int[256];
    private int _beamCount;
    private bool _follows;

    // [slot, symbol]: the frame in which the slot's extension by the symbol was found in the beam already.
    private int[] _extended = [];

    /// <summary>Creates a decoder.</summary>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <param name="options">How widely to search; null for the defaults.</param>
    /// <param name="scorer">The language model's part, or null for the acoustic score alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The scorer is made for another number of symbols.</exception>
    public PrefixBeamDecoder(Alphabet alphabet, PrefixBeamOptions? options = null, IScorer? scorer = null)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        _options = options ?? new PrefixBeamOptions();
        _options.Validate();
        if (scorer is not null && scorer.SymbolCount != alphabet.Size)
            throw new ArgumentException($"The scorer is made for {scorer.SymbolCount} symbols, the alphabet has {alphabet.Size}; use the alphabet that the scorer was made with.", nameof(scorer));

        Alphabet = alphabet;
        _scorer = scorer;
        _symbols = alphabet.Size;
        _tree = new PrefixTree(scorer is null ? 0 : _symbols);
        _candidates = new BeamCandidates(_options.BeamWidth);
        _pruner = new ClassPruner(alphabet.ClassCount, _options);
        _batch = new ScorerBatch(_symbols);
        Reset();
    }

    /// <inheritdoc/>
    public Alphabet Alphabet { get; }

    /// <inheritdoc/>
    public int FrameCount { get; private set; }

    /// <summary>The nodes of the prefix tree in use, for tests.</summary>
    internal int NodeCount => _tree.Count;

    /// <inheritdoc/>
    public void Accept(ReadOnlySpan<float> logProbabilities)
    {
        int frames = CtcFrames.Count(logProbabilities.Length, Alphabet);
        int classes = Alphabet.ClassCount;
        for (int t = 0; t < frames; t++) Step(logProbabilities.Slice(t * classes, classes));
    }

    /// <inheritdoc/>
    public CtcHypothesis Partial()
    {
        float[] pauses = LastScores(ended: false);
        if (_follows) Follow();
        int best = 0;
        for (int i = 1; i < _beamCount; i++)
        {
            if (Rank(_beam[i]) + pauses[i] > Rank(_beam[best]) + pauses[best]) best = i;
        }

        return Hypothesis(_beam[best], Rank(_beam[best]) + pauses[best]);
    }

    /// <inheritdoc/>
    public IReadOnlyList<CtcHypothesis> Finish(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        double[] scores = new double[_beamCount];
        int[] order = new int[_beamCount];
        float[] ends = LastScores(ended: true);
        for (int i = 0; i < _beamCount; i++)
        {
            // Sorted ascending by the negative: best first.
            scores[i] = -(_tree.Nodes[_beam[i]].Total + _tree.Nodes[_beam[i]].Language + ends[i]);
            order[i] = i;
        }

        Array.Sort(scores, order);
        List<CtcHypothesis> result = [];
        for (int i = 0; i < Math.Min(count, _beamCount); i++)
        {
            if (i > 0 && double.IsPositiveInfinity(scores[i])) break;
            result.Add(Hypothesis(_beam[order[i]], -scores[i]));
        }

        return result;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _tree.Clear();
        int root = _tree.AddRoot();
        ref PrefixNode node = ref _tree.Nodes[root];
        node.NonBlank = double.NegativeInfinity;
        node.Slot = 0;
        if (_scorer is not null)
        {
            Span<float> scores = _tree.ScoresOf(root);
            node.State = _scorer.Begin(scores);
            node.MaxExtension = ScorerBatch.Highest(scores);
        }

        _follows = _scorer?.FollowsFrames ?? false;
        _beam[0] = root;
        _beamCount = 1;
        Array.Clear(_extended);
        FrameCount = 0;
    }

    private double Rank(int node) => _tree.Nodes[node].Total + _tree.Nodes[node].Added;

    private CtcHypothesis Hypothesis(int node, double score) =>
        CtcHypothesis.Create(Alphabet, _tree.LabelsOf(node), _tree.Nodes[node].Total, score);

    private float[] LastScores(bool ended)
    {
        float[] scores = new float[_beamCount];
        if (_scorer is null) return scores;
        AskAll();
        int[] states = new int[_beamCount];
        for (int i = 0; i < _beamCount; i++) states[i] = _tree.Nodes[_beam[i]].State;
        if (ended) _scorer.End(states, scores);
        else _scorer.Pause(states, scores);
        return scores;
    }

    private void Step(ReadOnlySpan<float> frame)
    {
        if (!_pruner.Choose(frame)) throw CtcFrames.NotANumber(FrameCount);
        FrameCount++;
        if (_extended.Length < (long)_beam.Length * _symbols) Array.Resize(ref _extended, checked(_beam.Length * _symbols));
        _candidates.Clear();
        if (_follows) Follow();
        Stay(frame);
        _candidates.KeepBest();
        if (!double.IsPositiveInfinity(_options.ScoreMargin)) _candidates.Require(Math.BitDecrement(Floor(_candidates.Items)));
        Extend();
        if (_scorer is not null) ExtendNew();
        _candidates.KeepBest();
        Survive(frame);
    }

    /// <summary>Asks the scorer about all prefixes that it was not asked about yet.</summary>
    private void AskAll()
    {
        for (int slot = 0; slot < _beamCount; slot++)
        {
            PrefixNode node = _tree.Nodes[_beam[slot]];
            if (node.State < 0) _batch.Add(_tree.Nodes[node.Parent].State, node.Label, _beam[slot]);
        }

        _batch.Run(_scorer!, _tree);
    }

    /// <summary>How well the prefixes fit up to the frame at hand.</summary>
    private void Follow()
    {
        AskAll();
        for (int slot = 0; slot < _beamCount; slot++)
        {
            ref PrefixNode node = ref _tree.Nodes[_beam[slot]];
            node.Fit = _scorer!.Fit(node.State, FrameCount - 1);
        }
    }

    /// <summary>Prefixes that stay as they are, through the blank, a repeat, or an extension from a shorter prefix in the beam.</summary>
    private void Stay(ReadOnlySpan<float> frame)
    {
        PrefixNode[] nodes = _tree.Nodes;
        double blank = frame[_symbols];
        for (int slot = 0; slot < _beamCount; slot++)
        {
            ref PrefixNode node = ref nodes[_beam[slot]];
            node.NextBlank = node.Total + blank;
            node.NextNonBlank = double.NegativeInfinity;
            if (node.Parent >= 0)
            {
                double label = frame[node.Label];
                double ways = node.NonBlank;
                ref PrefixNode parent = ref nodes[node.Parent];
                if (parent.Slot >= 0)
                {
                    ways = LogMath.Add(ways, parent.Label == node.Label ? parent.Blank : parent.Total);
                    _extended[(parent.Slot * _symbols) + node.Label] = FrameCount;
                }

                node.NextNonBlank = ways + label;
            }

            node.NextTotal = LogMath.Add(node.NextBlank, node.NextNonBlank);
            _candidates.Add(node.NextTotal + node.Added, slot, -1);
        }
    }

    /// <summary>Extensions to prefixes that are not in the beam.</summary>
    private void Extend()
    {
        for (int slot = 0; slot < _beamCount; slot++)
        {
            if (_scorer is null || _tree.Nodes[_beam[slot]].State >= 0) Extend(slot);
        }
    }

    /// <summary>
    /// Extensions of prefixes that the scorer was not asked about yet. It is asked about those whose extensions may still enter the
    /// beam, now that all others are known, and about each prefix at most once.
    /// </summary>
    private void ExtendNew()
    {
        double most = double.NegativeInfinity;
        for (int k = 0; k < _pruner.Classes.Length; k++)
            most = Math.Max(most, (double)_pruner.LogProbabilities[k] + _scorer!.HighestExtension(_pruner.Classes[k]));
        _candidates.KeepBest();
        PrefixNode[] nodes = _tree.Nodes;
        int count = 0;
        if (_new.Length < _beamCount) _new = new int[_beam.Length];
        for (int slot = 0; slot < _beamCount; slot++)
        {
            int index = _beam[slot];
            ref PrefixNode node = ref nodes[index];
            if (node.State >= 0 || !(node.Total + node.Added + most > _candidates.Threshold)) continue;
            _batch.Add(nodes[node.Parent].State, node.Label, index);
            _new[count++] = slot;
        }

        _batch.Run(_scorer!, _tree);
        foreach (int slot in _new.AsSpan(0, count)) Extend(slot);
    }

    private void Extend(int slot)
    {
        ReadOnlySpan<int> classes = _pruner.Classes;
        ReadOnlySpan<float> values = _pruner.LogProbabilities;
        ref PrefixNode node = ref _tree.Nodes[_beam[slot]];
        double added = node.Added, total = node.Total + added;
        ReadOnlySpan<float> language = _tree.ScoresOf(_beam[slot]);
        for (int k = 0; k < classes.Length; k++)
        {
            // Classes come most probable first: no later one of this prefix can pass either.
            if (!(total + values[k] + node.MaxExtension > _candidates.Threshold)) break;
            int label = classes[k];
            double score = (label == node.Label ? node.Blank + added : total) + values[k];
            if (_scorer is not null) score += language[label];
            if (score > _candidates.Threshold && _extended[(slot * _symbols) + label] != FrameCount)
                _candidates.Add(score, slot, label);
        }
    }

    /// <summary>Makes the chosen candidates the new beam.</summary>
    private void Survive(ReadOnlySpan<float> frame)
    {
        ReadOnlySpan<BeamCandidates.Candidate> chosen = _candidates.Items;
        if (_next.Length < chosen.Length) _next = new int[Math.Max(chosen.Length, 2 * _next.Length)];
        double floor = Floor(chosen);
        int count = 0;
        foreach (BeamCandidates.Candidate candidate in chosen)
        {
            if (candidate.Score < floor) continue;
            int node = _beam[candidate.Slot];
            _next[count++] = candidate.Label < 0 ? node : Descend(node, candidate.Label, frame[candidate.Label]);
        }

        // Old and new must both be known before anything is freed: a prefix that leaves may be the parent of one that comes.
        PrefixNode[] nodes = _tree.Nodes;
        for (int i = 0; i < _beamCount; i++) nodes[_beam[i]].Slot = -1;
        for (int i = 0; i < count; i++)
        {
            ref PrefixNode node = ref nodes[_next[i]];
            node.Slot = i;
            node.Blank = node.NextBlank;
            node.NonBlank = node.NextNonBlank;
            node.Total = node.NextTotal;
        }

        for (int i = 0; i < _beamCount; i++)
        {
            if (nodes[_beam[i]].Slot < 0) _tree.Drop(_beam[i], _scorer);
        }

        (_beam, _next) = (_next, _beam);
        _beamCount = count;
    }

    private double Floor(ReadOnlySpan<BeamCandidates.Candidate> chosen)
    {
        if (double.IsPositiveInfinity(_options.ScoreMargin)) return double.NegativeInfinity;
        double best = double.NegativeInfinity;
        foreach (BeamCandidates.Candidate candidate in chosen) best = Math.Max(best, candidate.Score);
        return best - _options.ScoreMargin;
    }

    /// <summary>The node of a prefix that enters the beam: a new one, or the old one if its extensions kept it alive.</summary>
    private int Descend(int parent, int label, double logProbability)
    {
        ref PrefixNode from = ref _tree.Nodes[parent];
        double acoustic = (from.Label == label ? from.Blank : from.Total) + logProbability;
        int child = _tree.FindChild(parent, label);
        if (child >= 0)
        {
            _tree.Nodes[child].References++;
        }
        else
        {
            child = _tree.AddChild(parent, label);
            if (_scorer is not null) _tree.Nodes[child].Language = _tree.Nodes[parent].Language + _tree.ScoresOf(parent)[label];
        }

        ref PrefixNode node = ref _tree.Nodes[child];
        node.NextBlank = double.NegativeInfinity;
        node.NextNonBlank = acoustic;
        node.NextTotal = acoustic;
        return child;
    }
}
