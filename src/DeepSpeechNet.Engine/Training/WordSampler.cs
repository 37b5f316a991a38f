using DeepSpeechNet.Engine.Devices;

namespace DeepSpeechNet.Engine.Training;

/// <summary>Draws words from a fixed distribution in constant time each (the alias method: Walker 1977, Vose 1991): the proposal of a sampled softmax.</summary>
public sealed class WordSampler
{
    private readonly float[] _logProbabilities;

    /// <summary>For each word the share of its own column, as a number of 2^32.</summary>
    private readonly uint[] _own;

    /// <summary>For each word the one that has the rest of its column.</summary>
    private readonly int[] _alias;

    private WordSampler(double[] weights)
    {
        int words = weights.Length;
        double total = 0;
        foreach (double weight in weights)
            total += weight;
        _logProbabilities = new float[words];
        _own = new uint[words];
        _alias = new int[words];
        double[] share = new double[words];
        Stack<int> low = new(), high = new();
        for (int w = words - 1; w >= 0; w--)
        {
            _logProbabilities[w] = (float)Math.Log(weights[w] / total);
            share[w] = weights[w] / total * words;
            (share[w] < 1 ? low : high).Push(w);
        }

        while (low.Count > 0 && high.Count > 0)
        {
            int poor = low.Pop(), rich = high.Pop();
            _own[poor] = (uint)Math.Min(share[poor] * 4294967296.0, uint.MaxValue);
            _alias[poor] = rich;
            share[rich] -= 1 - share[poor];
            (share[rich] < 1 ? low : high).Push(rich);
        }

        // Whoever is left has a whole column, but for rounding.
        foreach (int w in (int[])[.. low, .. high])
            (_own[w], _alias[w]) = (uint.MaxValue, w);
    }

    /// <summary>How many words there are.</summary>
    public int Words => _alias.Length;

    /// <summary>The log probability of each word.</summary>
    public ReadOnlySpan<float> LogProbabilities => _logProbabilities;

    /// <summary>Words in proportion to their counts raised to a power: 1 for the unigram distribution, 0.75 as in Mikolov et al. 2013.</summary>
    /// <param name="counts">How often each word occurs; 0 counts as 1, so that every word can be drawn.</param>
    /// <param name="power">The power, 0 for all words alike.</param>
    /// <exception cref="ArgumentException">There are no words, a count is negative, or the power is no number from 0 to 1.</exception>
    public static WordSampler Unigram(ReadOnlySpan<long> counts, double power = 1)
    {
        if (counts.Length == 0)
            throw new ArgumentException("There are no words to draw.", nameof(counts));
        if (!(power >= 0 && power <= 1))
            throw new ArgumentException($"The power {power} of the counts must be from 0 to 1.", nameof(power));
        double[] weights = new double[counts.Length];
        for (int w = 0; w < weights.Length; w++)
        {
            if (counts[w] < 0)
                throw new ArgumentException($"Word {w} occurs {counts[w]} times; counts must be 0 or more.", nameof(counts));
            weights[w] = Math.Pow(Math.Max(1, counts[w]), power);
        }

        return new WordSampler(weights);
    }

    /// <summary>For words in falling order of how common they are: p(k) = log((k + 2) / (k + 1)) / log(words + 1), about Zipf's law.</summary>
    /// <exception cref="ArgumentException">There are no words.</exception>
    public static WordSampler LogUniform(int words)
    {
        if (words < 1)
            throw new ArgumentException("There are no words to draw.", nameof(words));
        double[] weights = new double[words];
        for (int w = 0; w < words; w++)
            weights[w] = Math.Log((w + 2.0) / (w + 1.0));
        return new WordSampler(weights);
    }

    /// <summary>Fills a batch's samples, with replacement; the same seed draws the same words.</summary>
    public void Draw(ulong seed, Span<int> samples)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            ulong bits = CounterRandom.Bits(seed, (ulong)i);
            int column = (int)(((bits >> 32) * (ulong)_alias.Length) >> 32);
            samples[i] = (uint)bits < _own[column] ? column : _alias[column];
        }
    }
}
