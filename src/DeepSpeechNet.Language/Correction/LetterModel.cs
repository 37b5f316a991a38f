namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// How likely letters make a word: each letter after the two before it, by Witten and Bell's interpolation down to the single letters. It says how
/// believable a word is that no list holds.
/// </summary>
internal sealed class LetterModel
{
    private const int Letters = ChannelLetters.Count;

    private readonly float[] _logProbability = new float[Letters * Letters * Letters];

    /// <summary>Learns from words, each weighted alike.</summary>
    public LetterModel(IEnumerable<string> words)
    {
        double[] three = new double[Letters * Letters * Letters];
        foreach (string word in words)
        {
            int before = ChannelLetters.Space, last = ChannelLetters.Space;
            for (int i = 0; i <= word.Length; i++)
            {
                int letter = i < word.Length ? ChannelLetters.Code(word[i]) : ChannelLetters.Space;
                three[(((before * Letters) + last) * Letters) + letter]++;
                (before, last) = (last, letter);
            }
        }

        double[] two = new double[Letters * Letters], one = new double[Letters];
        for (int i = 0; i < three.Length; i++)
        {
            two[i % (Letters * Letters)] += three[i];
            one[i % Letters] += three[i];
        }

        double[] shortest = Smooth(one, Array.ConvertAll(one, _ => 1.0 / (Letters - 1)));
        double[] middle = Smooth(two, shortest);
        double[] longest = Smooth(three, middle);
        for (int i = 0; i < longest.Length; i++)
            _logProbability[i] = (float)Math.Log(longest[i]);
    }

    /// <summary>ln P of the letters and of the word's end after them.</summary>
    /// <param name="word">The letters by their numbers.</param>
    public float LogProbability(ReadOnlySpan<byte> word)
    {
        int before = ChannelLetters.Space, last = ChannelLetters.Space;
        float sum = 0;
        foreach (byte letter in word)
        {
            sum += _logProbability[(((before * Letters) + last) * Letters) + letter];
            (before, last) = (last, letter);
        }

        return sum + _logProbability[(((before * Letters) + last) * Letters) + ChannelLetters.Space];
    }

    /// <summary>(c + t p) / (n + t) in every context of n sightings with t different letters; p is the shorter context's probability.</summary>
    private static double[] Smooth(double[] counts, double[] shorter)
    {
        double[] smooth = new double[counts.Length];
        for (int context = 0; context < counts.Length; context += Letters)
        {
            double seen = 0, kinds = 0;
            for (int letter = 0; letter < Letters; letter++)
            {
                seen += counts[context + letter];
                kinds += counts[context + letter] > 0 ? 1 : 0;
            }

            kinds = Math.Max(kinds, 1);
            for (int letter = 0; letter < Letters; letter++)
                smooth[context + letter] = (counts[context + letter] + (kinds * shorter[(context + letter) % shorter.Length])) / (seen + kinds);
        }

        return smooth;
    }
}
