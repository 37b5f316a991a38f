using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Language.Tests.Metrics;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("kitten", "sitting", 2, 0, 1)]
    [InlineData("saturday", "sunday", 1, 2, 0)]
    [InlineData("", "", 0, 0, 0)]
    [InlineData("abc", "", 0, 3, 0)]
    [InlineData("", "abc", 0, 0, 3)]
    [InlineData("abc", "abc", 0, 0, 0)]
    [InlineData("abcd", "bcd", 0, 1, 0)]
    public void Known_distances(string reference, string hypothesis, int substitutions, int deletions, int insertions)
    {
        EditCounts counts = EditDistance.Count<char>(reference, hypothesis);
        Assert.Equal(new EditCounts(substitutions, deletions, insertions, reference.Length), counts);
    }

    [Fact]
    public void Counts_and_alignment_agree_with_plain_recursion_on_random_sequences()
    {
        Random random = new(1);
        for (int i = 0; i < 300; i++)
        {
            int[] reference = Sequence(random);
            int[] hypothesis = Sequence(random);
            EditCounts counts = EditDistance.Count<int>(reference, hypothesis);
            Assert.Equal(Recursive(reference, hypothesis), counts.Errors);
            Assert.Equal(counts.ReferenceLength - counts.Deletions, hypothesis.Length - counts.Insertions);

            EditStep[] steps = EditDistance.Align<int>(reference, hypothesis);
            Assert.Equal(counts.Substitutions, steps.Count(s => s.Kind == EditKind.Substitution));
            Assert.Equal(counts.Deletions, steps.Count(s => s.Kind == EditKind.Deletion));
            Assert.Equal(counts.Insertions, steps.Count(s => s.Kind == EditKind.Insertion));
            int r = 0;
            int h = 0;
            foreach (EditStep step in steps)
            {
                Assert.Equal((r, h), (step.ReferenceIndex, step.HypothesisIndex));
                if (step.Kind is EditKind.Match) Assert.Equal(reference[r], hypothesis[h]);
                if (step.Kind is EditKind.Substitution) Assert.NotEqual(reference[r], hypothesis[h]);
                if (step.Kind != EditKind.Insertion) r++;
                if (step.Kind != EditKind.Deletion) h++;
            }

            Assert.Equal((reference.Length, hypothesis.Length), (r, h));
        }
    }

    private static int[] Sequence(Random random)
    {
        int[] sequence = new int[random.Next(7)];
        for (int i = 0; i < sequence.Length; i++) sequence[i] = random.Next(3);
        return sequence;
    }

    private static long Recursive(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        if (a.IsEmpty || b.IsEmpty) return a.Length + b.Length;
        long diagonal = Recursive(a[1..], b[1..]) + (a[0] == b[0] ? 0 : 1);
        return Math.Min(diagonal, 1 + Math.Min(Recursive(a[1..], b), Recursive(a, b[1..])));
    }
}
