using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tests.Recognition;

public sealed class TranscriptBuilderTests
{
    private static readonly Alphabet Small = new("ab ");
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Word_times_are_frames_times_the_frame_time()
    {
        float[] values = Peaked(3, 0, 1, 1, 3, 2, 3, 1, 1);
        Transcript transcript = Build(values, new GreedyDecoder(Small), TimeSpan.FromMilliseconds(175));
        Assert.Equal("ab b", transcript.Text);
        Assert.Equal(
            [("ab", 20.0, 80.0), ("b", 140.0, 175.0)],
            transcript.Words.Select(w => (w.Text, w.Start.TotalMilliseconds, w.End.TotalMilliseconds)));
        Assert.All(transcript.Words, w => Assert.InRange(w.Confidence, 0.5, 1));
        Assert.Equal(transcript.Text, string.Join(' ', transcript.Words.Select(w => w.Text)));
        Assert.Empty(transcript.Alternatives);
    }

    [Fact]
    public void Silence_gives_no_words()
    {
        Transcript transcript = Build(Peaked(3, 3, 2, 3), new GreedyDecoder(Small), TimeSpan.FromMilliseconds(80));
        Assert.Equal(("", 0), (transcript.Text, transcript.Words.Count));
        Assert.Equal("", Build([], new GreedyDecoder(Small), TimeSpan.Zero).Text);
    }

    [Fact]
    public void Readings_with_the_same_text_are_one_and_confidences_are_shares()
    {
        CtcHypothesis[] hypotheses =
        [
            new("a b", [0, 2, 1], Math.Log(0.4), Math.Log(0.4)),
            new("a", [0], Math.Log(0.3), Math.Log(0.3)),
            new("a b", [0, 2, 2, 1], Math.Log(0.2), Math.Log(0.2)),
            new("b", [1], Math.Log(0.1), Math.Log(0.1)),
        ];
        TranscriptBuilder builder = new(Small, Frame);
        Transcript transcript = builder.Build(Peaked(0, 2, 1), hypotheses, TimeSpan.FromSeconds(1), alternatives: 2);
        Assert.Equal(["a b", "a"], transcript.Alternatives.Select(a => a.Text));
        Assert.Equal(0.6, transcript.Alternatives[0].Confidence, 9);
        Assert.Equal(0.3, transcript.Alternatives[1].Confidence, 9);
        Assert.Equal(Math.Log(0.4), transcript.Alternatives[0].Score);
    }

    [Fact]
    public void A_beam_gives_its_best_text_first()
    {
        float[] values = Peaked(0, 3, 2, 1, 3);
        PrefixBeamDecoder decoder = new(Small);
        decoder.Accept(values);
        Transcript transcript = new TranscriptBuilder(Small, Frame).Build(values, decoder.Finish(20), TimeSpan.FromMilliseconds(100), 5);
        Assert.Equal("a b", transcript.Text);
        Assert.Equal(5, transcript.Alternatives.Count);
        Assert.Equal("a b", transcript.Alternatives[0].Text);
        Assert.Equal(transcript.Alternatives.Count, transcript.Alternatives.Select(a => a.Text).Distinct().Count());
    }

    [Fact]
    public void No_hypothesis_and_no_frame_time_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TranscriptBuilder(Small, TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => new TranscriptBuilder(Small, Frame).Build([], [], TimeSpan.Zero));
    }

    private static Transcript Build(float[] values, GreedyDecoder decoder, TimeSpan duration) =>
        new TranscriptBuilder(Small, Frame).Build(values, [decoder.Decode(values)], duration);

    private static float[] Peaked(params int[] path)
    {
        float[] values = new float[path.Length * 4];
        Array.Fill(values, MathF.Log(0.1f / 3));
        for (int t = 0; t < path.Length; t++) values[(t * 4) + path[t]] = MathF.Log(0.9f);
        return values;
    }
}
