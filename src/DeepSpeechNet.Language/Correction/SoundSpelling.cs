using System.Runtime.InteropServices;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// How phones are written: P(letters | phone, place in the word), letters being none to three, learnt from a pronouncing dictionary by expectation
/// maximisation over all ways of giving a word's letters to its phones.
/// </summary>
internal sealed class SoundSpelling
{
    private const int Places = 3, Longest = 3, Segments = ChannelLetters.SegmentCount;

    private readonly Pronunciations _dictionary;
    private readonly (int[] Letters, double[] Sums)[] _spellings;
    private readonly Dictionary<int, double> _probability = [];

    /// <summary>Learns from the words of a dictionary.</summary>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="words">The words to learn from.</param>
    /// <param name="rounds">Rounds of expectation maximisation.</param>
    public SoundSpelling(Pronunciations dictionary, IEnumerable<string> words, int rounds = 4)
    {
        _dictionary = dictionary;
        List<(byte[] Phones, byte[] Letters)> pairs = [];
        foreach (string word in words)
        {
            if (dictionary.Find(word) is { } phones)
                pairs.Add((phones, Codes(word)));
        }

        for (int round = 0; round < rounds; round++)
        {
            Dictionary<int, double> counts = [];
            double[] totals = new double[dictionary.Phones.Count * Places];
            foreach ((byte[] phones, byte[] letters) in pairs)
                Expect(phones, letters, counts, totals, first: round == 0);
            foreach ((int key, double count) in counts)
                counts[key] = count / totals[key / Segments];
            _probability.Clear();
            foreach ((int key, double probability) in counts)
                _probability.Add(key, probability);
        }

        _spellings = new (int[], double[])[dictionary.Phones.Count * Places];
        ILookup<int, (int Letters, double P)> byPlace = _probability.Where(p => p.Value > 0.004 && p.Key % Segments != 0)
            .OrderByDescending(p => p.Value).ThenBy(p => p.Key).ToLookup(p => p.Key / Segments, p => (p.Key % Segments, p.Value));
        for (int place = 0; place < _spellings.Length; place++)
        {
            (int Letters, double P)[] ways = [.. byPlace[place]];
            double[] sums = new double[ways.Length];
            double sum = 0;
            for (int i = 0; i < ways.Length; i++)
                sums[i] = sum += ways[i].P;
            _spellings[place] = (Array.ConvertAll(ways, w => w.Letters), sums);
        }
    }

    /// <summary>A way of writing a phone, drawn by its probability, as packed letters; 0 where none is known.</summary>
    public int Draw(int phone, int index, int count, Random random)
    {
        (int[] letters, double[] sums) = _spellings[(phone * Places) + Place(index, count)];
        if (letters.Length == 0)
            return 0;
        double at = random.NextDouble() * sums[^1];
        int i = 0;
        while (i < sums.Length - 1 && sums[i] <= at)
            i++;
        return letters[i];
    }

    /// <summary>The letters that each phone of a word has in the likeliest division, packed (0 for none); null for words without one.</summary>
    public int[]? Divide(string word)
    {
        if (_dictionary.Find(word) is not { } phones)
            return null;
        byte[] letters = Codes(word);
        int width = letters.Length + 1;
        double[] best = new double[(phones.Length + 1) * width];
        int[] taken = new int[best.Length];
        best[0] = 1;
        for (int p = 0; p < phones.Length; p++)
        {
            int key = ((phones[p] * Places) + Place(p, phones.Length)) * Segments;
            for (int l = 0; l < width; l++)
            {
                double here = best[(p * width) + l];
                for (int n = 0; here > 0 && n <= Longest && l + n < width; n++)
                {
                    double way = here * _probability.GetValueOrDefault(key + Segment(letters, l, n));
                    int cell = ((p + 1) * width) + l + n;
                    if (way > best[cell])
                        (best[cell], taken[cell]) = (way, n);
                }
            }
        }

        if (best[^1] <= 0)
            return null;
        int[] division = new int[phones.Length];
        for (int p = phones.Length, l = letters.Length; p > 0; p--)
        {
            int n = taken[(p * width) + l];
            l -= n;
            division[p - 1] = Segment(letters, l, n);
        }

        return division;
    }

    private static int Place(int index, int count) => index == count - 1 ? 2 : index == 0 ? 0 : 1;

    private static byte[] Codes(string word) => Array.ConvertAll(word.ToCharArray(), c => (byte)ChannelLetters.Code(c));

    private static int Segment(byte[] letters, int at, int length) => length == 0 ? 0 : ChannelLetters.Pack(letters.AsSpan(at, length));

    private void Expect(byte[] phones, byte[] letters, Dictionary<int, double> counts, double[] totals, bool first)
    {
        int width = letters.Length + 1;
        double[] forward = new double[(phones.Length + 1) * width], backward = new double[forward.Length];
        forward[0] = backward[^1] = 1;
        for (int p = 0; p < phones.Length; p++)
        {
            for (int l = 0; l < width; l++)
            {
                for (int n = 0; forward[(p * width) + l] > 0 && n <= Longest && l + n < width; n++)
                    forward[((p + 1) * width) + l + n] += forward[(p * width) + l] * Probability(phones, p, letters, l, n, first, out _);
            }
        }

        double total = forward[^1];
        if (total <= 0)
            return;
        for (int p = phones.Length - 1; p >= 0; p--)
        {
            for (int l = 0; l < width; l++)
            {
                double here = forward[(p * width) + l] / total;
                for (int n = 0; n <= Longest && l + n < width; n++)
                {
                    double way = backward[((p + 1) * width) + l + n];
                    if (way <= 0)
                        continue;
                    way *= Probability(phones, p, letters, l, n, first, out int key);
                    backward[(p * width) + l] += way;
                    if (here * way <= 0)
                        continue;
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += here * way;
                    totals[key / Segments] += here * way;
                }
            }
        }
    }

    private double Probability(byte[] phones, int p, byte[] letters, int l, int n, bool first, out int key)
    {
        key = (((phones[p] * Places) + Place(p, phones.Length)) * Segments) + Segment(letters, l, n);
        return !first ? _probability.GetValueOrDefault(key) : n switch { 0 => 0.05, 1 => 0.7, 2 => 0.2, _ => 0.05 };
    }
}
