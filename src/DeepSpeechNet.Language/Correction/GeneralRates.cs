namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// Rates of single slips, whatever their neighbours: a letter for another, a letter left out beside any other, a letter put in beside any other, two
/// neighbours exchanged. They are what a channel falls back to for slips it has not seen.
/// </summary>
internal sealed class GeneralRates
{
    private const int Letters = ChannelLetters.Count, Segments = ChannelLetters.SegmentCount;

    /// <summary>Pseudo-counts that keep a rate above nothing.</summary>
    private const double Least = 0.5;

    private readonly double[] _deleted = new double[Letters], _inserted = new double[Letters];
    private readonly double[] _deletable = new double[Letters];
    private readonly double _substitution, _transposition, _insertable;

    public GeneralRates(Dictionary<int, double> counts, double[] occurrences)
    {
        double letters = 0, pairs = 0, substituted = 0, transposed = 0;
        for (int a = 1; a < Letters; a++)
        {
            letters += occurrences[a];
            for (int b = 1; b < Letters; b++)
            {
                double both = occurrences[a + (Letters * b)];
                pairs += both;
                _deletable[a] += both;
                _deletable[b] += both;
            }
        }

        foreach ((int key, double count) in counts)
        {
            (int a, int b, int extra) = Split(key / Segments);
            (int x, int y, int more) = Split(key % Segments);
            if (extra != 0 || more != 0)
                continue;
            if (b == 0 && y == 0)
                substituted += count;
            else if (b != 0 && y == 0 && (x == a || x == b))
                _deleted[x == a ? b : a] += count;
            else if (b == 0 && y != 0 && (x == a || y == a))
                _inserted[x == a ? y : x] += count;
            else if (x == b && y == a)
                transposed += count;
        }

        _substitution = (substituted + Least) / (letters + 1) / Letters;
        _transposition = (transposed + Least) / (pairs + 1);
        _insertable = 2 * (letters + 1);
    }

    /// <summary>Every single slip with its general rate, by packed letters meant × <see cref="ChannelLetters.SegmentCount"/> + packed letters seen.</summary>
    public Dictionary<int, double> AllEdits()
    {
        Dictionary<int, double> edits = [];
        for (int a = 1; a < Letters; a++)
        {
            for (int b = 1; b < Letters; b++)
            {
                int ab = a + (Letters * b), ba = b + (Letters * a);
                if (a != b)
                {
                    edits[Key(a, b)] = _substitution;
                    edits[Key(ab, ba)] = _transposition;
                    edits[Key(ab, b)] = Deletion(a);
                }

                edits[Key(ab, a)] = Deletion(b);
                edits[Key(a, ab)] = Insertion(b);
                edits[Key(a, ba)] = Insertion(b);
            }
        }

        return edits;
    }

    private static int Key(int meant, int seen) => (meant * Segments) + seen;

    private static (int First, int Second, int Third) Split(int segment) => (segment % Letters, segment / Letters % Letters, segment / Letters / Letters);

    private double Deletion(int letter) => (_deleted[letter] + Least) / (_deletable[letter] + (Letters * Least));

    private double Insertion(int letter) => (_inserted[letter] + Least) / (_insertable + (Letters * Least));
}
