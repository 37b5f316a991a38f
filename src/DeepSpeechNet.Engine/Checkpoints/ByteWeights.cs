using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>
/// Weights in 8 bits: w[r, c] = scale[r] * q[r, c] with whole q from -127 to 127 and the scale of a row its largest magnitude / 127. No weight moves by more
/// than half its row's scale; a row of zeros has the scale 0.
/// </summary>
public static class ByteWeights
{
    private const float Most = sbyte.MaxValue;

    /// <summary>Rounds a matrix to 8 bits a weight.</summary>
    /// <param name="weights">[rows, columns], finite.</param>
    /// <param name="quantised">Receives q, [rows, columns].</param>
    /// <param name="scales">Receives the scales, [rows]; its length says how many rows there are.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static void Quantise(ReadOnlySpan<float> weights, Span<sbyte> quantised, Span<float> scales)
    {
        int columns = Columns(weights.Length, quantised.Length, scales.Length);
        for (int r = 0; r < scales.Length; r++)
        {
            ReadOnlySpan<float> row = weights.Slice(r * columns, columns);
            float largest = 0;
            foreach (float weight in row)
                largest = Math.Max(largest, Math.Abs(weight));
            scales[r] = largest / Most;
            for (int c = 0; c < columns; c++)
                quantised[(r * columns) + c] = scales[r] > 0 ? (sbyte)Math.Clamp(MathF.Round(row[c] / scales[r]), -Most, Most) : (sbyte)0;
        }
    }

    /// <summary>The weights again.</summary>
    /// <param name="quantised">q, [rows, columns].</param>
    /// <param name="scales">[rows].</param>
    /// <param name="weights">Receives [rows, columns].</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static void Widen(ReadOnlySpan<sbyte> quantised, ReadOnlySpan<float> scales, Span<float> weights)
    {
        int columns = Columns(weights.Length, quantised.Length, scales.Length);
        for (int r = 0; r < scales.Length; r++)
            Widen(quantised.Slice(r * columns, columns), scales[r], weights.Slice(r * columns, columns));
    }

    private static void Widen(ReadOnlySpan<sbyte> row, float scale, Span<float> weights)
    {
        int c = 0;
        for (; c <= row.Length - Vector128<sbyte>.Count; c += Vector128<sbyte>.Count)
        {
            (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Create(row[c..]));
            Widen(low, scale, weights[c..]);
            Widen(high, scale, weights[(c + Vector128<short>.Count)..]);
        }

        for (; c < row.Length; c++)
            weights[c] = scale * row[c];
    }

    private static void Widen(Vector128<short> q, float scale, Span<float> weights)
    {
        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(q);
        (scale * Vector128.ConvertToSingle(low)).CopyTo(weights);
        (scale * Vector128.ConvertToSingle(high)).CopyTo(weights[Vector128<int>.Count..]);
    }

    private static int Columns(int weights, int quantised, int rows)
    {
        if (weights != quantised || (rows == 0 ? weights != 0 : weights % rows != 0))
            throw new ArgumentException($"{weights} weights, {quantised} bytes and {rows} scales do not fit each other.");
        return rows == 0 ? 0 : weights / rows;
    }
}
