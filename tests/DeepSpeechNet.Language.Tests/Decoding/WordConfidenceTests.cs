using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class WordConfidenceTests
{
    private static readonly Alphabet Small = new("ab ");

    [Fact]
    public void It_is_the_probability_of_all_paths_that_say_the_word_with_or_without_a_space_beside_it()
    {
        Random random = new(9);
        WordConfidence confidence = new(Small);
        foreach (int[] word in new int[][] { [0], [0, 1], [1, 1], [0, 1, 0] })
        {
            float[] values = CtcEnumeration.Random(random, 6, 4);
            double expected = CtcEnumeration.Paths(values, 4)
                .Where(p => Saying(p.Path).SequenceEqual(word))
                .Sum(p => p.Probability);
            Assert.Equal(expected, confidence.Probability(values, word, 2, 4, 0, 6), 6);
        }
    }

    [Fact]
    public void Only_frames_near_the_word_and_outside_its_neighbours_count()
    {
        Random random = new(10);
        float[] values = CtcEnumeration.Random(random, 12, 4);
        WordConfidence confidence = new(Small);
        double expected = confidence.Probability(values.AsSpan(3 * 4, 6 * 4), [0, 1], 2, 4, 0, 6);
        Assert.Equal(expected, confidence.Probability(values, [0, 1], 5, 7, 0, 12), 12);
        double clipped = confidence.Probability(values.AsSpan(4 * 4, 4 * 4), [0, 1], 1, 3, 0, 4);
        Assert.Equal(clipped, confidence.Probability(values, [0, 1], 5, 7, 4, 8), 12);
        Assert.NotEqual(expected, clipped, 6);
    }

    [Fact]
    public void It_stays_between_0_and_1_for_any_input()
    {
        WordConfidence confidence = new(Small);
        float[] certain = CtcEnumeration.Peaked(4, 1, 3, 0, 1, 3);
        Assert.Equal(1, confidence.Probability(certain, [0, 1], 1, 3, 0, 4));
        Assert.Equal(0, confidence.Probability(certain, [1, 1], 1, 3, 0, 4));
        float[] logits = [5, 5, 5, 5, 5, 5, 5, 5];
        Assert.Equal(1, confidence.Probability(logits, [0], 0, 2, 0, 2));
    }

    /// <summary>The labels of a path without one space at either end.</summary>
    private static List<int> Saying(int[] path)
    {
        List<int> labels = [.. CtcEnumeration.Collapse(path, 3)];
        if (labels.Count > 0 && labels[0] == 2) labels.RemoveAt(0);
        if (labels.Count > 0 && labels[^1] == 2) labels.RemoveAt(labels.Count - 1);
        return labels;
    }
}
