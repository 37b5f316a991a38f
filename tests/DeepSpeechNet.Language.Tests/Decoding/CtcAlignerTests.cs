using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class CtcAlignerTests
{
    // a, b, space; the blank is 3.
    private static readonly Alphabet Small = new("ab ");
    private static readonly CtcAligner Aligner = new(Small);

    [Fact]
    public void Frames_on_constructed_posteriors_are_exact()
    {
        float[] values = CtcEnumeration.Peaked(4, 0.8, 3, 3, 0, 0, 3, 0, 1, 1, 1, 3, 2, 3, 1, 3, 3);
        CtcAlignment alignment = Aligner.Align(values, [0, 0, 1, 2, 1]);
        Assert.Equal(
            [(0, 2, 4), (0, 5, 6), (1, 6, 9), (2, 10, 11), (1, 12, 13)],
            alignment.Labels.Select(l => (l.Label, l.StartFrame, l.EndFrame)));
        Assert.Equal(15 * Math.Log(0.8), alignment.LogProbability, 5);
        Assert.All(alignment.Labels, l => Assert.Equal(0.8f, l.Confidence, 5));
    }

    [Fact]
    public void The_path_is_the_most_probable_of_all_paths_of_the_labels()
    {
        Random random = new(17);
        int[][] texts = [[], [0], [0, 0], [0, 1], [1, 2, 1], [2, 2], [0, 1, 2, 0]];
        for (int i = 0; i < 10; i++)
        {
            float[] values = CtcEnumeration.Random(random, 6, 4, 1);
            foreach (int[] labels in texts)
            {
                CtcAlignment alignment = Aligner.Align(values, labels);
                (int[] path, double probability) = CtcEnumeration.Paths(values, 4)
                    .Where(p => CtcEnumeration.Collapse(p.Path, 3).SequenceEqual(labels))
                    .MaxBy(p => p.Probability);
                Assert.Equal(Math.Log(probability), alignment.LogProbability, 5);
                int[] found = [3, 3, 3, 3, 3, 3];
                foreach (AlignedLabel label in alignment.Labels)
                {
                    for (int t = label.StartFrame; t < label.EndFrame; t++) found[t] = label.Label;
                    double highest = Enumerable.Range(label.StartFrame, label.EndFrame - label.StartFrame).Max(t => values[(t * 4) + label.Label]);
                    Assert.Equal(Math.Exp(highest), label.Confidence, 5);
                }

                Assert.Equal(path, found);
            }
        }
    }

    [Fact]
    public void Aligning_what_best_path_decoding_found_gives_its_frames_back()
    {
        Random random = new(4);
        GreedyDecoder greedy = new(Alphabet.English);
        CtcAligner aligner = new(Alphabet.English);
        for (int i = 0; i < 10; i++)
        {
            float[] values = CtcEnumeration.Random(random, 60, 29);
            CtcHypothesis hypothesis = greedy.Decode(values);
            CtcAlignment alignment = aligner.Align(values, [.. hypothesis.Labels]);
            Assert.Equal(greedy.Labels, alignment.Labels);
            Assert.Equal(hypothesis.LogProbability, alignment.LogProbability, 6);
        }
    }

    [Fact]
    public void Words_lie_between_spaces()
    {
        float[] values = CtcEnumeration.Peaked(4, 0.97, 2, 3, 0, 3, 1, 1, 3, 2, 2, 3, 2, 1, 3, 3, 2, 3);
        IReadOnlyList<AlignedWord> words = Aligner.AlignWords(values, [2, 0, 1, 2, 2, 1, 2]);
        Assert.Equal([("ab", 2, 6), ("b", 11, 12)], words.Select(w => (w.Text, w.StartFrame, w.EndFrame)));
        Assert.All(words, w => Assert.InRange(w.Confidence, 0.8, 1));
        Assert.Empty(Aligner.AlignWords(values, [2]));
        Assert.Empty(Aligner.AlignWords([], []));
    }

    [Fact]
    public void Without_a_space_in_the_alphabet_all_labels_are_one_word()
    {
        CtcAligner aligner = new(new Alphabet("ab"));
        AlignedWord word = Assert.Single(aligner.AlignWords(CtcEnumeration.Peaked(3, 0.9, 2, 0, 1, 1, 2), [0, 1]));
        Assert.Equal(("ab", 1, 4), (word.Text, word.StartFrame, word.EndFrame));
    }

    [Fact]
    public void A_doubtful_word_has_a_lower_confidence_than_a_clear_one()
    {
        float[] values = [.. CtcEnumeration.Peaked(4, 0.99, 3, 0, 3, 2, 3), .. CtcEnumeration.Peaked(4, 0.5, 1), .. CtcEnumeration.Peaked(4, 0.99, 3, 3)];
        IReadOnlyList<AlignedWord> words = Aligner.AlignWords(values, [0, 2, 1]);
        Assert.True(words[0].Confidence > 0.9);
        Assert.InRange(words[1].Confidence, 0.4, 0.6);
    }

    [Fact]
    public void Labels_that_cannot_fit_are_refused_with_the_number_of_frames_they_need()
    {
        float[] values = CtcEnumeration.Random(new Random(1), 3, 4);
        Assert.False(Aligner.TryAlign(values, [0, 0, 1], out _));
        Assert.Contains("at least 4 frames; there are 3", Assert.Throws<ArgumentException>(() => Aligner.Align(values, [0, 0, 1])).Message, StringComparison.Ordinal);
        Assert.True(Aligner.TryAlign(values, [0, 1, 0], out _));
        Assert.Equal(5, CtcAligner.FramesNeeded([0, 0, 0]));
    }

    [Fact]
    public void Impossible_paths_and_foreign_labels_are_refused()
    {
        float[] values = CtcEnumeration.Random(new Random(1), 3, 4);
        for (int t = 0; t < 3; t++) values[(t * 4) + 1] = float.NegativeInfinity;
        Assert.False(Aligner.TryAlign(values, [1], out _));
        Assert.Contains("No path", Assert.Throws<ArgumentException>(() => Aligner.Align(values, [1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Aligner.Align(values, [3]));
        Assert.Throws<ArgumentException>(() => Aligner.Align(values, [-1]));
        Assert.Throws<ArgumentException>(() => Aligner.Align(new float[5], [0]));
    }
}
