namespace DeepSpeechNet.Language.Decoding.HotWords;

/// <summary>
/// Where a text stands in the phrases of a list (Aho and Corasick 1975, over whole words): a state is the longest end of the text
/// that begins at a word and begins a phrase. A phrase's weight is given letter by letter as a potential P(state), the weight
/// times the share of the phrase that is there; a phrase that does not go on loses it again, since a step adds
/// P(after) - P(before), and one that ends at the end of a word keeps its weight for good.
/// </summary>
internal sealed class HotWordAutomaton
{
    /// <summary>Inside a word that begins no phrase.</summary>
    public const int Outside = 0;

    /// <summary>At the beginning of a word.</summary>
    public const int Start = 1;

    private readonly int _symbols;
    private readonly int _space;
    private readonly int[] _next;
    private readonly float[] _potential;
    private readonly float[] _completed;
    private readonly float[] _highest;

    public HotWordAutomaton(Alphabet alphabet, IReadOnlyList<HotWord> phrases)
    {
        _symbols = alphabet.Size;
        _space = alphabet.SpaceIndex;
        List<int[]> children = [None(), None()];
        List<float> potential = [0, 0], completed = [0, 0];
        foreach (HotWord phrase in phrases)
        {
            int[] labels = alphabet.Encode(phrase.Phrase);
            int node = Start;
            for (int i = 0; i < labels.Length; i++)
            {
                ref int child = ref children[node][labels[i]];
                if (child < 0)
                {
                    child = children.Count;
                    children.Add(None());
                    potential.Add(0);
                    completed.Add(0);
                }

                node = child;
                potential[node] = MathF.Max(potential[node], (float)(phrase.Weight * (i + 1) / labels.Length));
            }

            completed[node] = (float)phrase.Weight;
        }

        _potential = [.. potential];
        _completed = [.. completed];
        _next = new int[children.Count * _symbols];
        _highest = new float[_symbols];
        Link(children);
        Count = children.Count;
        for (int state = 0; state < Count; state++)
        {
            for (int c = 0; c < _symbols; c++) _highest[c] = MathF.Max(_highest[c], Gain(state, c));
        }
    }

    /// <summary>The number of states.</summary>
    public int Count { get; }

    /// <summary>The most that a symbol adds to a text's score in any state.</summary>
    public float HighestGain(int label) => _highest[label];

    /// <summary>The state after a symbol.</summary>
    public int Next(int state, int label) => _next[(state * _symbols) + label];

    /// <summary>What a symbol adds to a text's score.</summary>
    public float Gain(int state, int label) =>
        _potential[Next(state, label)] - _potential[state] + (label == _space ? _completed[state] : 0);

    /// <summary>What the end of the text adds.</summary>
    public float EndGain(int state) => _completed[state] - _potential[state];

    private int[] None()
    {
        int[] none = new int[_symbols];
        Array.Fill(none, -1);
        return none;
    }

    /// <summary>Steps out of phrases: a state without a child goes on from the next shorter end of the text that begins a phrase.</summary>
    private void Link(List<int[]> children)
    {
        int[] shorter = new int[children.Count];
        for (int c = 0; c < _symbols; c++) _next[c] = c == _space ? Start : Outside;
        Queue<int> queue = new([Start]);
        while (queue.TryDequeue(out int state))
        {
            int fallback = shorter[state];
            _completed[state] += _completed[fallback];
            _potential[state] = MathF.Max(_potential[state], _potential[fallback]);
            for (int c = 0; c < _symbols; c++)
            {
                int child = children[state][c], otherwise = _next[(fallback * _symbols) + c];
                _next[(state * _symbols) + c] = child >= 0 ? child : otherwise;
                if (child < 0) continue;
                shorter[child] = otherwise;
                queue.Enqueue(child);
            }
        }

        // Spaces do not leave the beginning of a word.
        if (_space >= 0) _next[(Start * _symbols) + _space] = Start;
    }
}
