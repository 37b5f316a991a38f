using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Testing;
using DeepSpeechNet.Testing.Reference;

namespace DeepSpeechNet.Engine.Tests.Layers;

public sealed class SoftmaxTreeTests
{
    public static TheoryData<bool, int, int> Trees => new()
    {
        { true, 2, 0 }, { true, 3, 0 }, { true, 100, 0 }, { false, 2, 0 }, { false, 2, 1 }, { false, 7, 7 }, { false, 100, 0 }, { false, 100, 1 }, { false, 1000, 37 },
    };

    [Theory]
    [MemberData(nameof(Trees))]
    public void The_probabilities_of_all_words_add_up_to_one(bool huffman, int words, int classes)
    {
        SoftmaxTree tree = Make(huffman, words, classes);
        double[] x = RandomNumbers.Floats(1, 4).Doubles(), weight = RandomNumbers.Floats(2, 4 * (words - 1), 3).Doubles(), bias = RandomNumbers.Floats(3, words - 1).Doubles();
        double[] repeated = [.. Enumerable.Range(0, words).SelectMany(_ => x)];
        double[] losses = ReferenceMaths.TreeCrossEntropy(repeated, weight, bias, 4, tree, [.. Enumerable.Range(0, words)]);
        Assert.Equal(1, losses.Sum(l => Math.Exp(-l)), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public void Every_row_of_the_weight_belongs_to_one_node(bool huffman, int words, int classes)
    {
        SoftmaxTree tree = Make(huffman, words, classes);
        int[] nodes = [.. Enumerable.Range(0, words).SelectMany(w => tree.Path(w)).Select(d => d.Node).Distinct()];
        Assert.Equal(Enumerable.Range(0, words - 1), nodes.SelectMany(n => Enumerable.Range(tree.Node(n).First, tree.Node(n).Rows)).Order());
        Assert.Equal(words - 1, tree.Rows);
        Assert.Equal(tree.LongestPath, Enumerable.Range(0, words).Max(w => tree.Path(w).Count()));
        Assert.Equal(tree.MostRows, Enumerable.Range(0, words).Max(w => tree.Path(w).Sum(d => tree.Node(d.Node).Rows)));
    }

    [Fact]
    public void A_Huffman_code_has_the_least_mean_length()
    {
        // Huffman's own construction, with a heap, gives the least total length.
        long[] counts = [.. RandomNumbers.Floats(5, 300, 500, 501).Select(x => (long)x)];
        PriorityQueue<long, long> heap = new(counts.Select(c => (c, c)));
        long least = 0;
        while (heap.Count > 1)
        {
            long joined = heap.Dequeue() + heap.Dequeue();
            least += joined;
            heap.Enqueue(joined, joined);
        }

        SoftmaxTree tree = SoftmaxTree.Huffman(counts);
        Assert.Equal(least, Enumerable.Range(0, 300).Sum(w => counts[w] * tree.Path(w).Count()));
    }

    [Fact]
    public void Frequent_words_stand_in_small_classes_and_none_is_large()
    {
        SoftmaxTree tree = Make(huffman: false, 10_000, 0);
        int Size(int word) => tree.Path(word).Skip(1).Sum(d => tree.Node(d.Node).Rows) + 1;
        Assert.InRange(Size(0), 1, 4);
        Assert.True(Size(0) < Size(5000));
        Assert.InRange(Enumerable.Range(0, 10_000).Max(Size), 100, 300);
        Assert.All(Enumerable.Range(0, 10_000), w => Assert.InRange(tree.Path(w).Count(), 1, 2));
    }

    [Fact]
    public void Words_that_never_occur_have_paths_too() =>
        Assert.All(Enumerable.Range(0, 64), w => Assert.Equal(6, SoftmaxTree.Huffman(new long[64]).Path(w).Count()));

    [Fact]
    public void Bad_counts_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SoftmaxTree.Huffman([5]));
        Assert.Throws<ArgumentException>(() => SoftmaxTree.Huffman([5, -1]));
        Assert.Throws<ArgumentException>(() => SoftmaxTree.Classes([5, 4], 3));
    }

    private static SoftmaxTree Make(bool huffman, int words, int classes)
    {
        long[] counts = [.. Enumerable.Range(1, words).Select(rank => 100_000L / rank)];
        return huffman ? SoftmaxTree.Huffman(counts) : SoftmaxTree.Classes(counts, classes);
    }
}
