using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class GreedyDecoderTests
{
    // a, b, space; the blank is 3.
    private static readonly Alphabet Small = new("ab ");

    [Fact]
    public void Repeats_collapse_and_blanks_drop()
    {
        GreedyDecoder decoder = new(Small);
        CtcHypothesis result = decoder.Decode(CtcEnumeration.Peaked(4, 0.7, 3, 0, 0, 3, 0, 1, 1, 2, 3, 2, 1));
        Assert.Equal([0, 0, 1, 2, 2, 1], result.Labels);
        Assert.Equal("aab b", result.Text);
        Assert.Equal(11 * Math.Log(0.7), result.LogProbability, 5);
        Assert.Equal(
            [(1, 3), (4, 5), (5, 7), (7, 8), (9, 10), (10, 11)],
            decoder.Labels.Select(label => (label.StartFrame, label.EndFrame)));
        Assert.All(decoder.Labels, label => Assert.Equal(0.7f, label.Confidence, 5));
    }

    [Fact]
    public void The_best_path_is_the_most_probable_of_all_paths()
    {
        Random random = new(3);
        GreedyDecoder decoder = new(Small);
        for (int i = 0; i < 20; i++)
        {
            float[] values = CtcEnumeration.Random(random, 5, 4);
            (int[] path, double probability) = CtcEnumeration.Paths(values, 4).MaxBy(p => p.Probability);
            CtcHypothesis result = decoder.Decode(values);
            Assert.Equal(CtcEnumeration.Collapse(path, 3), result.Labels);
            Assert.Equal(Math.Log(probability), result.LogProbability, 5);
        }
    }

    [Fact]
    public void Confidence_is_the_highest_probability_in_the_labels_frames()
    {
        float[] values = [.. CtcEnumeration.Peaked(4, 0.6, 0), .. CtcEnumeration.Peaked(4, 0.9, 0), .. CtcEnumeration.Peaked(4, 0.5, 0)];
        GreedyDecoder decoder = new(Small);
        decoder.Accept(values);
        AlignedLabel label = Assert.Single(decoder.Labels);
        Assert.Equal((0, 0, 3), (label.Label, label.StartFrame, label.EndFrame));
        Assert.Equal(0.9f, label.Confidence, 5);
    }

    [Fact]
    public void Cutting_frames_into_chunks_changes_nothing()
    {
        float[] values = CtcEnumeration.Random(new Random(5), 40, 4);
        GreedyDecoder whole = new(Small);
        GreedyDecoder chunked = new(Small);
        whole.Accept(values);
        for (int t = 0; t < 40; t += 3) chunked.Accept(values.AsSpan(t * 4, Math.Min(3, 40 - t) * 4));
        Assert.Equal(whole.Labels, chunked.Labels);
        Assert.Equal(whole.Partial().LogProbability, chunked.Partial().LogProbability);
        Assert.Equal(40, chunked.FrameCount);
    }

    [Fact]
    public void No_frames_and_blank_frames_give_no_text()
    {
        GreedyDecoder decoder = new(Small);
        Assert.Equal("", decoder.Decode([]).Text);
        Assert.Empty(decoder.Decode(CtcEnumeration.Peaked(4, 0.9, 3, 3, 3)).Labels);
        Assert.Equal("", Assert.Single(decoder.Finish(5)).Text);
    }

    [Fact]
    public void Frames_of_another_width_and_NaN_are_refused_in_words()
    {
        GreedyDecoder decoder = new(Small);
        Assert.Contains("4 classes", Assert.Throws<ArgumentException>(() => decoder.Accept(new float[6])).Message, StringComparison.Ordinal);
        for (int c = 0; c < 4; c++)
        {
            float[] values = CtcEnumeration.Peaked(4, 0.9, 0, 1);
            values[4 + c] = float.NaN;
            Assert.Contains("Frame 1", Assert.Throws<ArgumentException>(() => decoder.Decode(values)).Message, StringComparison.Ordinal);
        }
    }
}
