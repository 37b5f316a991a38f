using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Language.Tests.Decoding.Scorers;

/// <summary>Walks a scorer along one labelling, as the beam search would.</summary>
internal static class ScorerWalk
{
    /// <summary>The score of a whole labelling, its end included; checks on the way what the contract promises.</summary>
    public static double Score(IScorer scorer, ReadOnlySpan<int> labels, bool end = true)
    {
        float[] row = new float[scorer.SymbolCount];
        int state = scorer.Begin(row);
        double sum = 0;
        int[] extended = new int[1];
        foreach (int label in labels)
        {
            for (int c = 0; c < row.Length; c++) Assert.False(row[c] > scorer.HighestExtension(c) + 1e-4, $"{row[c]} is above the highest, {scorer.HighestExtension(c)}");
            sum += row[label];
            scorer.Extend([state], [label], extended, row);
            scorer.Release(state);
            state = extended[0];
        }

        if (!end) return sum;
        float[] ends = new float[1];
        scorer.End([state], ends);
        return sum + ends[0];
    }

    /// <summary>The score of a text.</summary>
    public static double Score(IScorer scorer, Alphabet alphabet, string text, bool end = true) => Score(scorer, alphabet.Encode(text), end);

    /// <summary>Checks that a search in chunks of any size gives what it gives at once, and that a batch changes nothing.</summary>
    public static void AssertChunksChangeNothing(Alphabet alphabet, Func<IScorer> create, int width = 20)
    {
        int classes = alphabet.ClassCount;
        float[] values = CtcEnumeration.Random(new Random(5), 60, classes, 2);
        string[]? expected = null;
        foreach (int chunk in new[] { 60, 1, 7, 32 })
        {
            PrefixBeamDecoder decoder = new(alphabet, new PrefixBeamOptions { BeamWidth = width, ScoreMargin = 12 }, create());
            for (int utterance = 0; utterance < 2; utterance++)
            {
                decoder.Reset();
                for (int t = 0; t < 60; t += chunk)
                {
                    decoder.Accept(values.AsSpan(t * classes, Math.Min(chunk, 60 - t) * classes));
                    decoder.Partial();
                    if (utterance == 0) decoder.Finish(2);
                }

                string[] found = [.. decoder.Finish(10).Select(h => $"{CtcEnumeration.Key(h.Labels)} {h.Score:R} {h.LogProbability:R}")];
                expected ??= found;
                Assert.Equal(expected, found);
            }
        }
    }

    /// <summary>Checks that every labelling of a small unlimited search scores as its own walk does, acoustics added; where the scorer knows words, also in an utterance that goes on.</summary>
    public static void AssertSearchIsExact(Alphabet alphabet, IScorer scorer, int frames = 6, bool words = true)
    {
        float[] values = CtcEnumeration.Random(new Random(3), frames, alphabet.ClassCount);
        Dictionary<string, double> expected = CtcEnumeration.Labellings(values, alphabet.ClassCount);
        PrefixBeamDecoder decoder = new(alphabet, new PrefixBeamOptions { BeamWidth = int.MaxValue }, scorer);
        decoder.Accept(values);
        IReadOnlyList<CtcHypothesis> found = decoder.Finish(int.MaxValue);
        CtcHypothesis partial = decoder.Partial();
        Assert.Equal(expected.Count, found.Count);
        Dictionary<string, double> scores = found.ToDictionary(h => CtcEnumeration.Key(h.Labels), h => h.Score - h.LogProbability);
        foreach (CtcHypothesis hypothesis in found)
        {
            string key = CtcEnumeration.Key(hypothesis.Labels);
            Assert.Equal(Math.Log(expected[key]), hypothesis.LogProbability, 8);
            Assert.Equal(Score(scorer, [.. hypothesis.Labels]), scores[key], 3);
        }

        // While the utterance goes on, the best labelling is the one that would be best with its last word a whole one.
        if (!words) return;
        CtcHypothesis best = found.MaxBy(h => h.LogProbability + Paused(scorer, [.. h.Labels], alphabet.SpaceIndex))!;
        Assert.Equal(best.LogProbability + Paused(scorer, [.. best.Labels], alphabet.SpaceIndex), partial.Score, 3);
        Assert.Equal(best.Labels, partial.Labels);
    }

    /// <summary>The score of a labelling whose last word is whole: a space behind it, where there is none.</summary>
    private static double Paused(IScorer scorer, int[] labels, int space) =>
        space < 0 || labels.Length == 0 || labels[^1] == space ? Score(scorer, labels, end: false) : Score(scorer, [.. labels, space], end: false);

    /// <summary>Checks that frames allocate nothing once everything has grown.</summary>
    public static void AssertFramesAllocateNothing(Alphabet alphabet, IScorer scorer)
    {
        float[] values = CtcEnumeration.Random(new Random(6), 100, alphabet.ClassCount, 1.5);
        PrefixBeamDecoder decoder = new(alphabet, new PrefixBeamOptions { BeamWidth = 30 }, scorer);
        long least = Allocation.Least(() =>
        {
            decoder.Reset();
            decoder.Accept(values);
        });
        Assert.Equal(0, least);
    }
}
