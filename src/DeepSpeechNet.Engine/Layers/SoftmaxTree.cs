using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Layers;

/// <summary>
/// A tree of softmaxes over words, made from how often each occurs; the same counts always give the same tree. <see cref="Huffman"/> makes the shortest
/// binary paths: the least work a word, for word vectors and the largest vocabularies. <see cref="Classes"/> makes two levels: more work, but better
/// probabilities, since words are weighed against a whole class at once.
/// </summary>
public sealed class SoftmaxTree
{
    private readonly int[] _nodes;
    private readonly int[] _pathOffsets;
    private readonly int[] _paths;

    private SoftmaxTree(int[] nodes, List<(int Node, int Child)>[] paths)
    {
        Words = paths.Length;
        _nodes = nodes;
        _pathOffsets = new int[Words + 1];
        for (int w = 0; w < Words; w++)
        {
            _pathOffsets[w + 1] = _pathOffsets[w] + paths[w].Count;
            int rows = 0;
            foreach ((int node, _) in paths[w])
                rows += nodes[(2 * node) + 1];
            MostRows = Math.Max(MostRows, rows);
            LongestPath = Math.Max(LongestPath, paths[w].Count);
        }

        _paths = new int[2 * _pathOffsets[Words]];
        int at = 0;
        foreach (List<(int Node, int Child)> path in paths)
        {
            foreach ((int node, int child) in path)
                (_paths[at++], _paths[at++]) = (node, child);
        }
    }

    /// <summary>How many words there are.</summary>
    public int Words { get; }

    /// <summary>How many rows the weight has, over all nodes.</summary>
    public int Rows => Words - 1;

    /// <summary>The most rows of the weight that one word's path sees.</summary>
    public int MostRows { get; }

    /// <summary>The most decisions of a path.</summary>
    public int LongestPath { get; }

    /// <summary>A Huffman code (Huffman 1952; Mikolov et al. 2013): frequent words have short paths of logistic decisions.</summary>
    /// <param name="counts">How often each word occurs; 0 counts as 1.</param>
    /// <exception cref="ArgumentException">There are fewer than two words, or a count is negative.</exception>
    public static SoftmaxTree Huffman(ReadOnlySpan<long> counts)
    {
        int words = Check(counts);
        int[] order = ByCount(counts, descending: false);
        long[] weight = new long[(2 * words) - 1];
        int[] parent = new int[(2 * words) - 1], side = new int[(2 * words) - 1];
        for (int i = 0; i < words; i++)
            weight[i] = Math.Max(1, counts[order[i]]);

        // Two queues, both in rising order: the words, and the nodes made so far. The lighter of their heads is taken, a word before a node of equal weight.
        int word = 0, made = words;
        for (int node = words; node < weight.Length; node++)
        {
            for (int s = 0; s < 2; s++)
            {
                int child = word < words && (made == node || weight[word] <= weight[made]) ? word++ : made++;
                weight[node] = checked(weight[node] + weight[child]);
                (parent[child], side[child]) = (node, s);
            }
        }

        // The last node made is the root, number 0; each node's number is that of its row.
        int[] nodes = new int[2 * (words - 1)];
        for (int n = 0; n < words - 1; n++)
            (nodes[2 * n], nodes[(2 * n) + 1]) = (n, 1);
        List<(int Node, int Child)>[] paths = new List<(int, int)>[words];
        for (int i = 0; i < words; i++)
        {
            List<(int, int)> path = [];
            for (int at = i; at < weight.Length - 1; at = parent[at])
                path.Add((weight.Length - 1 - parent[at], side[at]));
            path.Reverse();
            paths[order[i]] = path;
        }

        return new SoftmaxTree(nodes, paths);
    }

    /// <summary>
    /// Two levels (Goodman 2001; Mikolov et al. 2011): a softmax over classes, then one over the words of the class. Words are put into classes in the order
    /// of their counts so that each class has an equal share of the square roots of all counts: frequent words stand in small classes, and no class
    /// has many more than 2 * words / classes.
    /// </summary>
    /// <param name="counts">How often each word occurs; 0 counts as 1.</param>
    /// <param name="classes">How many classes; 0 for the square root of the number of words.</param>
    /// <exception cref="ArgumentException">There are fewer than two words, more classes than words, or a count is negative.</exception>
    public static SoftmaxTree Classes(ReadOnlySpan<long> counts, int classes = 0)
    {
        int words = Check(counts);
        if (classes < 0 || classes > words)
            throw new ArgumentException($"{classes} classes do not go with {words} words: take 2 to {words}, or 0 for the square root.", nameof(classes));
        classes = classes == 0 ? (int)Math.Round(Math.Sqrt(words)) : classes;
        int[] order = ByCount(counts, descending: true);
        double total = 0;
        foreach (long count in counts)
            total += Math.Sqrt(Math.Max(1, count));
        List<int> nodes = [0, classes - 1];
        List<(int Node, int Child)>[] paths = new List<(int, int)>[words];
        double share = 0;
        int first = 0, row = classes - 1;
        for (int c = 0; c < classes; c++)
        {
            // At least one word a class, and as many left as classes.
            int end = first;
            do
                share += Math.Sqrt(Math.Max(1, counts[order[end++]]));
            while (end < words - (classes - 1 - c) && (c == classes - 1 || share < total * (c + 1) / classes));
            int size = end - first, node = nodes.Count / 2;
            if (size > 1)
                nodes.AddRange([row, size - 1]);
            row += size - 1;
            for (int i = first; i < end; i++)
            {
                List<(int, int)> path = [];
                if (classes > 1)
                    path.Add((0, c));
                if (size > 1)
                    path.Add((node, i - first));
                paths[order[i]] = path;
            }

            first = end;
        }

        return new SoftmaxTree([.. nodes], paths);
    }

    /// <summary>The decisions of a word from the root on: nodes and children taken.</summary>
    public IEnumerable<(int Node, int Child)> Path(int word)
    {
        for (int i = _pathOffsets[word]; i < _pathOffsets[word + 1]; i++)
            yield return (_paths[2 * i], _paths[(2 * i) + 1]);
    }

    /// <summary>A node's first row of the weight, and how many it has: one fewer than children.</summary>
    public (int First, int Rows) Node(int node) => (_nodes[2 * node], _nodes[(2 * node) + 1]);

    /// <summary>The tree in a device's memory.</summary>
    public DecisionTree Upload(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new DecisionTree(
            Upload(device, _nodes, new Shape(_nodes.Length / 2, 2)), Upload(device, _pathOffsets, new Shape(_pathOffsets.Length)),
            Upload(device, _paths, new Shape(_paths.Length / 2, 2)), Rows, MostRows, LongestPath);
    }

    private static Tensor Upload(Device device, int[] values, Shape shape)
    {
        Tensor tensor = device.Allocate(ElementType.Int32, shape);
        device.Upload(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return tensor;
    }

    private static int Check(ReadOnlySpan<long> counts)
    {
        if (counts.Length < 2)
            throw new ArgumentException($"A tree over {counts.Length} words decides nothing; it needs two or more.", nameof(counts));
        foreach (long count in counts)
        {
            if (count < 0)
                throw new ArgumentException($"A word occurs {count} times; counts must be 0 or more.", nameof(counts));
        }

        return counts.Length;
    }

    private static int[] ByCount(ReadOnlySpan<long> counts, bool descending)
    {
        int[] order = new int[counts.Length];
        long[] keys = new long[counts.Length];
        for (int i = 0; i < order.Length; i++)
            (order[i], keys[i]) = (i, Math.Max(1, counts[i]));
        Array.Sort(order, (a, b) => keys[a] != keys[b] ? (descending ? keys[b].CompareTo(keys[a]) : keys[a].CompareTo(keys[b])) : a.CompareTo(b));
        return order;
    }
}
