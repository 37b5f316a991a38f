using System.Numerics;

namespace DeepSpeechNet.Language;

/// <summary>
/// The words of a vocabulary as a prefix tree over an alphabet's labels: which words a partial word can still become, and the best
/// probability among them. Words with a symbol outside the alphabet, or longer than <see cref="LongestWord"/> labels, are left out.
/// Immutable and safe to share between threads.
/// </summary>
public sealed class WordTrie
{
    /// <summary>The longest word taken in, in labels.</summary>
    public const int LongestWord = 255;

    /// <summary>The node of the empty prefix.</summary>
    public const int Root = 0;

    private const int MaskedSymbols = 63;

    // Nodes in breadth-first order: the children of node n are the nodes from _firstChild[n] up to _firstChild[n + 1], by their labels. Of an alphabet of up to
    // 63 symbols, bit i of _present[n] tells whether a child has label i, and the bits below it are the children before that one.
    private readonly int[] _firstChild;
    private readonly int[] _labels;
    private readonly ulong[] _present;
    private readonly int[] _words;
    private readonly float[] _best;
    private readonly int[] _likeliest;

    private WordTrie(Alphabet alphabet, int wordCount, List<int> firstChild, List<int> labels, List<int> words, float[] best, int[] likeliest)
    {
        Alphabet = alphabet;
        WordCount = wordCount;
        _firstChild = [.. firstChild];
        _labels = [.. labels];
        _present = alphabet.Size <= MaskedSymbols ? new ulong[labels.Count] : [];
        for (int node = 0; node < _present.Length; node++)
        {
            for (int child = firstChild[node]; child < firstChild[node + 1]; child++) _present[node] |= 1UL << labels[child];
        }

        _words = [.. words];
        _best = best;
        _likeliest = likeliest;
    }

    /// <summary>The alphabet whose labels lead from node to node.</summary>
    public Alphabet Alphabet { get; }

    /// <summary>The number of words in the tree.</summary>
    public int WordCount { get; }

    /// <summary>The number of nodes.</summary>
    public int NodeCount => _labels.Length;

    /// <summary>Builds the tree.</summary>
    /// <param name="alphabet">The alphabet of the network; it needs a space, which separates words.</param>
    /// <param name="words">The words and the numbers they are known by, 0 or above.</param>
    /// <param name="logProbability">The natural log-probability of a word by its number, whatever comes before it.</param>
    /// <exception cref="ArgumentException">The alphabet has no space, or no word can be written with it.</exception>
    public static WordTrie Build(Alphabet alphabet, IEnumerable<(int Id, string Word)> words, Func<int, float> logProbability)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(logProbability);
        if (alphabet.SpaceIndex < 0)
            throw new ArgumentException("A language model over words needs an alphabet with a space; this one has none: use a model over characters.", nameof(alphabet));
        List<(int[] Labels, int Id)> entries = [];
        foreach ((int id, string word) in words)
        {
            if (word.Length > 0 && alphabet.TryEncode(word, out int[]? labels, out _) && labels.Length <= LongestWord && Array.IndexOf(labels, alphabet.SpaceIndex) < 0)
                entries.Add((labels, id));
        }

        if (entries.Count == 0)
            throw new ArgumentException($"None of the vocabulary's words can be written with the alphabet \"{alphabet.Symbols}\"; use a language model of the same language and normalisation.", nameof(words));
        (int[] Labels, int Id)[] sorted = [.. entries];
        Array.Sort(sorted, (a, b) => a.Labels.AsSpan().SequenceCompareTo(b.Labels) is var order and not 0 ? order : a.Id.CompareTo(b.Id));
        return Build(alphabet, sorted, logProbability);
    }

    /// <summary>The node that a label leads to, or -1.</summary>
    public int Child(int node, int label)
    {
        if (_present.Length == 0) return Search(node, label);
        ulong present = _present[node], bit = 1UL << label;
        return (present & bit) == 0 ? -1 : _firstChild[node] + BitOperations.PopCount(present & (bit - 1));
    }

    /// <summary>The first child of a node; the others follow it, up to <see cref="EndOfChildren"/>.</summary>
    internal int FirstChild(int node) => _firstChild[node];

    /// <summary>The node after the last child of a node.</summary>
    internal int EndOfChildren(int node) => _firstChild[node + 1];

    /// <summary>The label that leads to a node.</summary>
    internal int Label(int node) => _labels[node];

    /// <summary>The number of the word that a node completes, or -1.</summary>
    public int Word(int node) => _words[node];

    /// <summary>The highest log-probability among the words at and below a node.</summary>
    public float Best(int node) => _best[node];

    /// <summary>The number of the word that has <see cref="Best"/>; of several the first in the order of their letters.</summary>
    public int Likeliest(int node) => _likeliest[node];

    private int Search(int node, int label)
    {
        int at = Array.BinarySearch(_labels, _firstChild[node], _firstChild[node + 1] - _firstChild[node], label);
        return at < 0 ? -1 : at;
    }

    private static WordTrie Build(Alphabet alphabet, (int[] Labels, int Id)[] sorted, Func<int, float> logProbability)
    {
        List<int> firstChild = [1], labels = [-1], words = [-1];
        List<int> parents = [-1];
        List<(int From, int To, int Depth)> ranges = [(0, sorted.Length, 0)];
        int count = 0;
        for (int node = 0; node < ranges.Count; node++)
        {
            (int from, int to, int depth) = ranges[node];

            // A word ends where its prefix begins in sorted order; of equal words the lowest number stands first.
            int at = from;
            if (at < to && sorted[at].Labels.Length == depth)
            {
                words[node] = sorted[at].Id;
                count++;
                while (at < to && sorted[at].Labels.Length == depth) at++;
            }

            while (at < to)
            {
                int label = sorted[at].Labels[depth], start = at;
                while (at < to && sorted[at].Labels[depth] == label) at++;
                labels.Add(label);
                words.Add(-1);
                parents.Add(node);
                ranges.Add((start, at, depth + 1));
            }

            firstChild.Add(labels.Count);
        }

        float[] best = new float[labels.Count];
        int[] likeliest = new int[labels.Count];
        Array.Fill(best, float.NegativeInfinity);
        for (int node = labels.Count - 1; node >= 0; node--)
        {
            if (words[node] >= 0) Offer(node, logProbability(words[node]), words[node]);
            if (node > 0) Offer(parents[node], best[node], likeliest[node]);
        }

        return new WordTrie(alphabet, count, firstChild, labels, words, best, likeliest);

        void Offer(int node, float value, int word)
        {
            if (value < best[node]) return;
            best[node] = value;
            likeliest[node] = word;
        }
    }
}
