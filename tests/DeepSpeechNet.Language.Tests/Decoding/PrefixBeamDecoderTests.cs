using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Language.Tests.Decoding;

public sealed class PrefixBeamDecoderTests
{
    private static readonly Alphabet Small = new("ab ");
    private static readonly PrefixBeamOptions Unlimited = new() { BeamWidth = int.MaxValue };

    [Theory]
    [InlineData(1, 2)]
    [InlineData(4, 2)]
    [InlineData(7, 0.5)]
    [InlineData(7, 4)]
    public void With_an_unlimited_beam_every_labelling_has_its_exact_probability(int frames, double sharpness)
    {
        Random random = new(frames);
        PrefixBeamDecoder decoder = new(Small, Unlimited);
        for (int i = 0; i < 5; i++)
        {
            float[] values = CtcEnumeration.Random(random, frames, 4, sharpness);
            Dictionary<string, double> expected = CtcEnumeration.Labellings(values, 4);
            decoder.Reset();
            decoder.Accept(values);
            IReadOnlyList<CtcHypothesis> found = decoder.Finish(int.MaxValue);
            Assert.Equal(expected.Count, found.Count);
            foreach (CtcHypothesis hypothesis in found)
                Assert.Equal(Math.Log(expected[CtcEnumeration.Key(hypothesis.Labels)]), hypothesis.LogProbability, 9);
            Assert.Equal(found.OrderByDescending(h => h.Score), found);
            Assert.Equal(found[0].Labels, decoder.Partial().Labels);
        }
    }

    [Fact]
    public void With_a_scorer_and_an_unlimited_beam_every_labelling_has_its_exact_score()
    {
        Random random = new(11);
        BigramScorer scorer = RandomScorer(random, 3);
        PrefixBeamDecoder decoder = new(Small, Unlimited, scorer);
        for (int i = 0; i < 5; i++)
        {
            float[] values = CtcEnumeration.Random(random, 6, 4);
            Dictionary<string, double> expected = CtcEnumeration.Labellings(values, 4);
            decoder.Reset();
            decoder.Accept(values);
            IReadOnlyList<CtcHypothesis> found = decoder.Finish(int.MaxValue);
            Assert.Equal(expected.Count, found.Count);
            foreach (CtcHypothesis hypothesis in found)
            {
                double acoustic = Math.Log(expected[CtcEnumeration.Key(hypothesis.Labels)]);
                Assert.Equal(acoustic, hypothesis.LogProbability, 9);
                Assert.Equal(acoustic + scorer.ScoreOf(hypothesis.Labels, end: true), hypothesis.Score, 4);
            }

            CtcHypothesis partial = decoder.Partial();
            CtcHypothesis best = found.MaxBy(h => h.LogProbability + scorer.ScoreOf(h.Labels, end: false))!;
            Assert.Equal(best.Labels, partial.Labels);
            Assert.Equal(best.LogProbability + scorer.ScoreOf(best.Labels, end: false), partial.Score, 4);
        }
    }

    [Fact]
    public void A_scorer_can_forbid_symbols()
    {
        float[,] scores = new float[4, 3];
        for (int last = 0; last < 4; last++) scores[last, 1] = float.NegativeInfinity;
        PrefixBeamDecoder decoder = new(Small, null, new BigramScorer(scores, new float[4]));
        decoder.Accept(CtcEnumeration.Peaked(4, 0.8, 0, 1, 3, 1, 0));
        IReadOnlyList<CtcHypothesis> found = decoder.Finish(100);
        Assert.True(found.Count > 5);
        Assert.All(found, h => Assert.DoesNotContain(1, h.Labels));
    }

    [Fact]
    public void Prefixes_of_a_frame_reach_the_scorer_in_one_call_and_states_are_given_back()
    {
        Random random = new(2);
        BigramScorer scorer = RandomScorer(random, 3);
        PrefixBeamDecoder decoder = new(Small, new PrefixBeamOptions { BeamWidth = 5 }, scorer);
        decoder.Accept(CtcEnumeration.Random(random, 400, 4));
        Assert.InRange(scorer.Extended.Calls, 1, 400);
        Assert.True(scorer.Extended.Prefixes > scorer.Extended.Calls);
        Assert.InRange(scorer.Alive, 1, decoder.NodeCount);
        decoder.Finish();
        Assert.InRange(scorer.Alive, 5, decoder.NodeCount);
        decoder.Reset();
        Assert.Equal((1, 1), (decoder.NodeCount, scorer.Alive));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void Cutting_frames_into_chunks_changes_nothing(int chunk)
    {
        Random random = new(8);
        float[] values = CtcEnumeration.Random(random, 150, 29, 1);
        BigramScorer scorer = RandomScorer(random, 28);
        PrefixBeamDecoder whole = new(Alphabet.English, new PrefixBeamOptions { BeamWidth = 30 }, scorer);
        whole.Accept(values);
        string[] expected = [.. whole.Finish(10).Select(h => $"{CtcEnumeration.Key(h.Labels)} {h.Score:R}")];
        whole.Reset();
        for (int t = 0; t < 150; t += chunk)
        {
            whole.Accept(values.AsSpan(t * 29, Math.Min(chunk, 150 - t) * 29));
            whole.Partial();
            whole.Finish(3);
        }

        Assert.Equal(expected, whole.Finish(10).Select(h => $"{CtcEnumeration.Key(h.Labels)} {h.Score:R}"));
        Assert.Equal(150, whole.FrameCount);
    }

    [Fact]
    public void A_narrow_beam_equals_a_plain_search_of_the_same_width()
    {
        Random random = new(21);
        for (int i = 0; i < 20; i++)
        {
            float[] values = CtcEnumeration.Random(random, 30, 4, 1.5);
            PrefixBeamDecoder decoder = new(Small, new PrefixBeamOptions { BeamWidth = 6 });
            decoder.Accept(values);
            List<(string Key, double Score)> plain = PlainBeam(values, 4, 6);
            IReadOnlyList<CtcHypothesis> found = decoder.Finish(6);
            Assert.Equal(plain.Select(p => p.Key), found.Select(h => CtcEnumeration.Key(h.Labels)));
            for (int n = 0; n < 6; n++) Assert.Equal(plain[n].Score, found[n].LogProbability, 6);
        }
    }

    [Fact]
    public void The_most_probable_text_can_differ_from_the_most_probable_path()
    {
        // Two frames, p(a) = 0.4, p(blank) = 0.6: the best path says nothing (0.36), the text "a" has 0.64.
        float[] values = [MathF.Log(0.4f), MathF.Log(0.6f), MathF.Log(0.4f), MathF.Log(0.6f)];
        PrefixBeamDecoder decoder = new(new Alphabet("a"));
        decoder.Accept(values);
        CtcHypothesis best = decoder.Finish()[0];
        Assert.Equal("a", best.Text);
        Assert.Equal(Math.Log(0.64), best.LogProbability, 6);
        Assert.Equal("", new GreedyDecoder(new Alphabet("a")).Decode(values).Text);
    }

    [Fact]
    public void Pruned_classes_start_no_new_prefixes()
    {
        float[] frame = [MathF.Log(0.3f), MathF.Log(0.2f), MathF.Log(0.05f), MathF.Log(0.45f)];
        float[] values = [.. frame, .. frame, .. frame];
        Assert.Equal([0, 1, 2], Used(new()));
        Assert.Equal([0, 1], Used(new() { TopClasses = 3 }));
        Assert.Equal([0], Used(new() { TopClasses = 2 }));
        Assert.Equal([], Used(new() { TopClasses = 1 }));
        Assert.Equal([0, 1], Used(new() { CumulativeProbability = 0.8 }));
        Assert.Equal([], Used(new() { CumulativeProbability = 0.4 }));

        int[] Used(PrefixBeamOptions options)
        {
            PrefixBeamDecoder decoder = new(Small, options);
            decoder.Accept(values);
            return [.. decoder.Finish(100).SelectMany(h => h.Labels).Distinct().Order()];
        }
    }

    [Fact]
    public void Prefixes_beyond_the_margin_are_dropped()
    {
        float[] values = CtcEnumeration.Peaked(4, 0.9, 0, 3, 1, 1, 3, 2, 3, 0, 3, 1, 2, 2, 0);
        PrefixBeamDecoder decoder = new(Small, new() { ScoreMargin = 3 });
        PrefixBeamDecoder without = new(Small);
        decoder.Accept(values);
        without.Accept(values);
        IReadOnlyList<CtcHypothesis> found = decoder.Finish(100);
        Assert.InRange(found.Count, 2, 99);
        Assert.True(found[0].Score - found[^1].Score <= 3);
        Assert.Equal(without.Finish()[0].Labels, found[0].Labels);
        IReadOnlyList<CtcHypothesis> all = without.Finish(100);
        Assert.True(all[0].Score - all[^1].Score > 3);
    }

    [Fact]
    public void Frames_allocate_nothing_after_warm_up()
    {
        Random random = new(6);
        float[] values = CtcEnumeration.Random(random, 200, 29, 1);
        foreach (IScorer? scorer in new IScorer?[] { null, new SilentScorer() })
        {
            PrefixBeamDecoder decoder = new(Alphabet.English, new PrefixBeamOptions { BeamWidth = 50 }, scorer);
            long least = Allocation.Least(() =>
            {
                decoder.Reset();
                decoder.Accept(values);
            });
            Assert.Equal(0, least);
        }
    }

    [Fact]
    public void Impossible_frames_and_NaN_do_no_harm()
    {
        PrefixBeamDecoder decoder = new(Small);
        Assert.Equal("", decoder.Partial().Text);
        float[] impossible = new float[4];
        Array.Fill(impossible, float.NegativeInfinity);
        decoder.Accept([.. CtcEnumeration.Peaked(4, 0.9, 0), .. impossible, .. impossible]);
        Assert.Equal(double.NegativeInfinity, Assert.Single(decoder.Finish(10)).LogProbability);
        Assert.Throws<ArgumentException>(() => decoder.Accept([0, 0, float.NaN, 0]));
        Assert.Throws<ArgumentException>(() => decoder.Accept(new float[5]));
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        foreach (PrefixBeamOptions options in new PrefixBeamOptions[]
                 { new() { BeamWidth = 0 }, new() { TopClasses = 0 }, new() { CumulativeProbability = 0 }, new() { CumulativeProbability = double.NaN }, new() { ScoreMargin = 0 } })
            Assert.Throws<ArgumentOutOfRangeException>(() => new PrefixBeamDecoder(Small, options));
        Assert.Throws<ArgumentException>(() => new PrefixBeamDecoder(Small, null, RandomScorer(new Random(1), 5)));
    }

    private static BigramScorer RandomScorer(Random random, int symbols)
    {
        float[,] scores = new float[symbols + 1, symbols];
        float[] ends = new float[symbols + 1];
        for (int last = 0; last <= symbols; last++)
        {
            ends[last] = (float)(-2 * random.NextDouble());
            for (int c = 0; c < symbols; c++) scores[last, c] = (float)(1 - (3 * random.NextDouble()));
        }

        return new BigramScorer(scores, ends);
    }

    /// <summary>Algorithm 1 as written, over dictionaries of strings and plain probabilities.</summary>
    private static List<(string Key, double Score)> PlainBeam(float[] values, int classes, int width)
    {
        int blank = classes - 1;
        Dictionary<string, (double B, double N)> beam = new() { [""] = (1, 0) };
        for (int t = 0; t < values.Length / classes; t++)
        {
            double P(int c) => Math.Exp(values[(t * classes) + c]);
            Dictionary<string, (double B, double N)> next = [];
            void Add(string key, double b, double n)
            {
                (double oldB, double oldN) = next.GetValueOrDefault(key);
                next[key] = (oldB + b, oldN + n);
            }

            foreach ((string key, (double b, double n)) in beam)
            {
                int last = key.Length == 0 ? -1 : int.Parse(key.Split(',')[^1]);
                Add(key, (b + n) * P(blank), last < 0 ? 0 : n * P(last));
                for (int c = 0; c < blank; c++)
                    Add(key.Length == 0 ? $"{c}" : $"{key},{c}", 0, (c == last ? b : b + n) * P(c));
            }

            beam = next.OrderByDescending(p => p.Value.B + p.Value.N).Take(width).ToDictionary();
        }

        return [.. beam.OrderByDescending(p => p.Value.B + p.Value.N).Select(p => (p.Key, Math.Log(p.Value.B + p.Value.N)))];
    }

    /// <summary>A scorer without states and without opinions.</summary>
    private sealed class SilentScorer : IScorer
    {
        public int SymbolCount => 28;

        public float HighestExtension(int label) => 0;

        public int Begin(Span<float> scores)
        {
            scores.Clear();
            return 0;
        }

        public void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores)
        {
            extended.Clear();
            scores.Clear();
        }

        public void End(ReadOnlySpan<int> states, Span<float> scores) => scores.Clear();

        public void Release(int state)
        {
        }
    }
}
