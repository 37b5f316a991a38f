namespace DeepSpeechNet.Language.Decoding;

/// <summary>The prefixes that the scorer is asked about in one frame, together.</summary>
internal sealed class ScorerBatch
{
    private readonly int _symbols;
    private int[] _states = new int[64];
    private int[] _labels = new int[64];
    private int[] _nodes = new int[64];
    private int[] _extended = new int[64];
    private float[] _scores = [];
    private int _count;

    /// <summary>Creates an empty batch.</summary>
    public ScorerBatch(int symbols) => _symbols = symbols;

    /// <summary>Adds a new node, its parent's state and the label between them.</summary>
    public void Add(int state, int label, int node)
    {
        if (_count == _states.Length)
        {
            int size = _count * 2;
            Array.Resize(ref _states, size);
            Array.Resize(ref _labels, size);
            Array.Resize(ref _nodes, size);
            Array.Resize(ref _extended, size);
        }

        _states[_count] = state;
        _labels[_count] = label;
        _nodes[_count++] = node;
    }

    /// <summary>Runs the scorer and gives each node its state and values; empties the batch.</summary>
    public void Run(IScorer scorer, PrefixTree tree)
    {
        if (_count == 0) return;
        if (_scores.Length < _states.Length * _symbols) _scores = new float[_states.Length * _symbols];
        Span<float> scores = _scores.AsSpan(0, _count * _symbols);
        scorer.Extend(_states.AsSpan(0, _count), _labels.AsSpan(0, _count), _extended.AsSpan(0, _count), scores);
        for (int i = 0; i < _count; i++)
        {
            ReadOnlySpan<float> values = scores.Slice(i * _symbols, _symbols);
            values.CopyTo(tree.ScoresOf(_nodes[i]));
            ref PrefixNode node = ref tree.Nodes[_nodes[i]];
            node.State = _extended[i];
            node.MaxExtension = Highest(values);
        }

        _count = 0;
    }

    /// <summary>The highest value.</summary>
    public static float Highest(ReadOnlySpan<float> values)
    {
        float highest = float.NegativeInfinity;
        foreach (float value in values) highest = MathF.Max(highest, value);
        return highest;
    }
}
