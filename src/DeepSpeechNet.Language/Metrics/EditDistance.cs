namespace DeepSpeechNet.Language.Metrics;

/// <summary>
/// Levenshtein's distance with unit costs between two sequences (Levenshtein 1966; Wagner and Fischer 1974). Among paths of
/// equal cost, both methods take the same one: read from the end, a match or substitution before a deletion before an
/// insertion.
/// </summary>
public static class EditDistance
{
    /// <summary>Counts the errors in O(reference × hypothesis) time and O(hypothesis) memory.</summary>
    public static EditCounts Count<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> hypothesis)
        where T : IEquatable<T>
    {
        // Row r, column h: the cheapest way from the first r reference items to the first h hypothesis items, with its split.
        Cell[] row = new Cell[hypothesis.Length + 1];
        for (int h = 1; h <= hypothesis.Length; h++) row[h] = new Cell(h, 0, 0);
        for (int r = 1; r <= reference.Length; r++)
        {
            Cell diagonal = row[0];
            row[0] = new Cell(r, 0, r);
            T item = reference[r - 1];
            for (int h = 1; h <= hypothesis.Length; h++)
            {
                Cell above = row[h];
                Cell left = row[h - 1];
                bool same = item.Equals(hypothesis[h - 1]);
                int diagonalCost = diagonal.Cost + (same ? 0 : 1);
                Cell best;
                if (diagonalCost <= above.Cost + 1 && diagonalCost <= left.Cost + 1)
                    best = same ? diagonal : new Cell(diagonalCost, diagonal.Substitutions + 1, diagonal.Deletions);
                else if (above.Cost <= left.Cost)
                    best = new Cell(above.Cost + 1, above.Substitutions, above.Deletions + 1);
                else
                    best = left with { Cost = left.Cost + 1 };
                row[h] = best;
                diagonal = above;
            }
        }

        Cell end = row[hypothesis.Length];
        return new EditCounts(end.Substitutions, end.Deletions, end.Cost - end.Substitutions - end.Deletions, reference.Length);
    }

    /// <summary>
    /// The cheapest alignment step by step, from the start: every item of both sequences stands in exactly one step.
    /// O(reference × hypothesis) time and as many bytes of memory.
    /// </summary>
    /// <exception cref="OutOfMemoryException">The sequences are too long for a table of that size.</exception>
    public static EditStep[] Align<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> hypothesis)
        where T : IEquatable<T>
    {
        int width = hypothesis.Length + 1;
        byte[] choices = new byte[(reference.Length + 1L) * width];
        int[] row = new int[width];
        for (int h = 1; h < width; h++)
        {
            row[h] = h;
            choices[h] = (byte)EditKind.Insertion;
        }

        for (int r = 1; r <= reference.Length; r++)
        {
            int diagonal = row[0];
            row[0] = r;
            Span<byte> choice = choices.AsSpan(checked(r * width), width);
            choice[0] = (byte)EditKind.Deletion;
            T item = reference[r - 1];
            for (int h = 1; h < width; h++)
            {
                bool same = item.Equals(hypothesis[h - 1]);
                int diagonalCost = diagonal + (same ? 0 : 1);
                int above = row[h];
                int left = row[h - 1];
                diagonal = above;
                if (diagonalCost <= above + 1 && diagonalCost <= left + 1)
                {
                    choice[h] = (byte)(same ? EditKind.Match : EditKind.Substitution);
                    row[h] = diagonalCost;
                }
                else if (above <= left)
                {
                    choice[h] = (byte)EditKind.Deletion;
                    row[h] = above + 1;
                }
                else
                {
                    choice[h] = (byte)EditKind.Insertion;
                    row[h] = left + 1;
                }
            }
        }

        return Trace(choices, reference.Length, hypothesis.Length);
    }

    private static EditStep[] Trace(byte[] choices, int r, int h)
    {
        int width = h + 1;
        List<EditStep> steps = new(Math.Max(r, h));
        while (r > 0 || h > 0)
        {
            EditKind kind = (EditKind)choices[(r * width) + h];
            if (kind != EditKind.Insertion) r--;
            if (kind != EditKind.Deletion) h--;
            steps.Add(new EditStep(kind, r, h));
        }

        steps.Reverse();
        return [.. steps];
    }

    private readonly record struct Cell(int Cost, int Substitutions, int Deletions);
}
