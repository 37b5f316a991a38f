namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// The 256 values that stand for all values of a kind where each is kept in a byte: the means of equally full ranges, moved by
/// Lloyd's iteration towards the least squared error; 0, which most back-off weights are, is kept exactly.
/// </summary>
internal sealed class ValueBook
{
    private const int Rounds = 8, MostSamples = 1 << 20;
    private readonly float[] _values;

    private ValueBook(float[] values) => _values = values;

    /// <summary>The values in ascending order.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The book of these values.</summary>
    public static ValueBook Of(ReadOnlySpan<float> values)
    {
        int step = Math.Max(1, values.Length / MostSamples);
        float[] sorted = new float[(values.Length + step - 1) / step];
        int exact = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (values[i * step] != 0) sorted[exact++] = values[i * step];
        }

        Array.Resize(ref sorted, exact);
        Array.Sort(sorted);
        float[] centres = new float[BinaryLayout.BookSize];
        // The last centre is 0 itself; the others divide what is not 0.
        int free = centres.Length - 1;
        for (int c = 0; c < free && exact > 0; c++) centres[c] = sorted[(int)(((c + 0.5) * exact) / free)];
        for (int round = 0; round < Rounds && exact > 0; round++) Improve(centres.AsSpan(0, free), sorted);
        Array.Sort(centres);
        return new ValueBook(centres);
    }

    /// <summary>The number of the value that is nearest.</summary>
    public byte Nearest(float value)
    {
        int low = 0, high = _values.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_values[middle] < value) low = middle + 1;
            else high = middle;
        }

        return (byte)(low > 0 && value - _values[low - 1] < _values[low] - value ? low - 1 : low);
    }

    /// <summary>Moves each centre to the mean of the values that are nearest to it. Both are sorted and stay so.</summary>
    private static void Improve(Span<float> centres, float[] sorted)
    {
        int i = 0;
        for (int c = 0; c < centres.Length; c++)
        {
            float border = c + 1 < centres.Length ? (centres[c] + centres[c + 1]) / 2 : float.PositiveInfinity;
            double sum = 0;
            int count = 0;
            for (; i < sorted.Length && sorted[i] <= border; i++, count++) sum += sorted[i];
            if (count > 0) centres[c] = (float)(sum / count);
        }
    }
}
