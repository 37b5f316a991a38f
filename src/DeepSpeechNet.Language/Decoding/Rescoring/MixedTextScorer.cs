namespace DeepSpeechNet.Language.Decoding.Rescoring;

/// <summary>
/// Two models mixed symbol by symbol: p(w | h) = share * p1(w | h) + (1 - share) * p2(w | h) (linear interpolation; Jelinek and Mercer 1980). Where one of
/// them finds a word all but impossible, the mixture is no further below the other than the logarithm of its share: what neither has read much of, such
/// as spelled letters in a model of prose, is not lost to the surer of the two.
/// </summary>
public sealed class MixedTextScorer : ITextScorer
{
    private readonly ITextScorer _first;
    private readonly ITextScorer _second;
    private readonly double _ofFirst;
    private readonly double _ofSecond;

    /// <summary>Creates a mixture.</summary>
    /// <param name="first">A model.</param>
    /// <param name="second">A model of the same symbols.</param>
    /// <param name="share">The share of the first, above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of its range.</exception>
    public MixedTextScorer(ITextScorer first, ITextScorer second, double share)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (!(share is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share of a model in a mixture must lie between 0 and 1.");
        (_first, _second, _ofFirst, _ofSecond) = (first, second, Math.Log(share), Math.Log(1 - share));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The models do not take a text apart into equally many symbols.</exception>
    public double[][] Score(IReadOnlyList<string> texts)
    {
        double[][] values = _first.Score(texts), others = _second.Score(texts);
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Length != others[i].Length)
                throw new InvalidOperationException($"One model takes \"{texts[i]}\" apart into {values[i].Length - 1} symbols and the other into {others[i].Length - 1}: only models of the same symbols can be mixed.");
            for (int k = 0; k < values[i].Length; k++)
                values[i][k] = LogMath.Add(_ofFirst + values[i][k], _ofSecond + others[i][k]);
        }

        return values;
    }
}
