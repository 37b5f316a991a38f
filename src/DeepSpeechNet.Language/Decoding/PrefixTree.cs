namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// The prefixes of a beam search as a tree in pooled arrays. A node lives while it is in the beam or has children, so a prefix
/// that left the beam and comes back finds its old node and its extensions still hang below it. Nothing is allocated once the
/// pool has grown to the search's size.
/// </summary>
internal sealed class PrefixTree
{
    private readonly int _scoreWidth;
    private int _free;
    private int _used;

    /// <summary>Creates an empty tree.</summary>
    /// <param name="scoreWidth">The number of scorer values that each node carries.</param>
    public PrefixTree(int scoreWidth)
    {
        _scoreWidth = scoreWidth;
        Nodes = new PrefixNode[1024];
        Scores = new float[1024 * scoreWidth];
        Clear();
    }

    /// <summary>The nodes; grows, so take it anew after <see cref="AddChild"/>.</summary>
    public PrefixNode[] Nodes { get; private set; }

    /// <summary>The scorer's values of each node, [node, symbol].</summary>
    public float[] Scores { get; private set; }

    /// <summary>The nodes in use, for tests.</summary>
    public int Count { get; private set; }

    /// <summary>The scorer's values of one node.</summary>
    public Span<float> ScoresOf(int node) => Scores.AsSpan(node * _scoreWidth, _scoreWidth);

    /// <summary>Forgets all nodes.</summary>
    public void Clear()
    {
        _free = -1;
        _used = 0;
        Count = 0;
    }

    /// <summary>Adds the empty prefix, in the beam.</summary>
    public int AddRoot() => Take(-1, -1);

    /// <summary>The child of a node by a label, or -1.</summary>
    public int FindChild(int node, int label)
    {
        int child = Nodes[node].FirstChild;
        while (child >= 0 && Nodes[child].Label != label) child = Nodes[child].NextSibling;
        return child;
    }

    /// <summary>Adds a child that is not there yet; it counts as in the beam.</summary>
    public int AddChild(int parent, int label)
    {
        int child = Take(parent, label);
        ref PrefixNode above = ref Nodes[parent];
        above.References++;
        Nodes[child].NextSibling = above.FirstChild;
        above.FirstChild = child;
        return child;
    }

    /// <summary>Takes a node out of the beam; frees it, and what above it is then of no use, and tells the scorer.</summary>
    public void Drop(int node, IScorer? scorer)
    {
        while (node >= 0 && --Nodes[node].References == 0)
        {
            if (Nodes[node].State >= 0) scorer?.Release(Nodes[node].State);
            int parent = Nodes[node].Parent;
            if (parent >= 0) Unlink(parent, node);
            Nodes[node].NextSibling = _free;
            _free = node;
            Count--;
            node = parent;
        }
    }

    /// <summary>The labels from the root to a node.</summary>
    public int[] LabelsOf(int node)
    {
        int length = 0;
        for (int n = node; Nodes[n].Parent >= 0; n = Nodes[n].Parent) length++;
        int[] labels = new int[length];
        for (int n = node; Nodes[n].Parent >= 0; n = Nodes[n].Parent) labels[--length] = Nodes[n].Label;
        return labels;
    }

    private void Unlink(int parent, int node)
    {
        ref int link = ref Nodes[parent].FirstChild;
        while (link != node) link = ref Nodes[link].NextSibling;
        link = Nodes[node].NextSibling;
    }

    private int Take(int parent, int label)
    {
        int node = _free;
        if (node >= 0)
        {
            _free = Nodes[node].NextSibling;
        }
        else
        {
            node = _used++;
            if (node == Nodes.Length) Grow();
        }

        Nodes[node] = new PrefixNode { Parent = parent, Label = label, FirstChild = -1, NextSibling = -1, References = 1, Slot = -1, State = -1 };
        Count++;
        return node;
    }

    private void Grow()
    {
        PrefixNode[] nodes = new PrefixNode[Nodes.Length * 2];
        Nodes.CopyTo(nodes, 0);
        Nodes = nodes;
        float[] scores = new float[checked(nodes.Length * _scoreWidth)];
        Scores.CopyTo(scores, 0);
        Scores = scores;
    }
}
