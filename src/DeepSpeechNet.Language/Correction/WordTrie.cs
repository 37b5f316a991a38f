using System.Numerics;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// Words as a tree of letters, in arrays: the children of a node stand side by side in the order of their letters, and a bit for each letter tells which
/// there are. A node knows the best score among the words at and below it. Immutable.
/// </summary>
internal sealed class WordTrie
{
    /// <summary>The node of no letters.</summary>
    public const int Root = 0;

    private readonly uint[] _letters;
    private readonly int[] _firstChild;
    private readonly int[] _word;
    private readonly float[] _best;

    /// <summary>A tree of words.</summary>
    /// <param name="words">Distinct words of the channel's letters, sorted by their letters (ordinal), none empty.</param>
    /// <param name="scores">The score of each word.</param>
    public WordTrie(ReadOnlySpan<string> words, ReadOnlySpan<float> scores)
    {
        // Ordinal order puts the apostrophe first and this alphabet puts it last, so children are gathered by letter and not in the order they come.
        List<uint> letters = [0];
        List<int> first = [0], word = [-1];
        List<(int Node, int From, int To, int Depth)> level = [(Root, 0, words.Length, 0)], next = [];
        Span<int> from = stackalloc int[ChannelLetters.Count], to = stackalloc int[ChannelLetters.Count];
        while (level.Count > 0)
        {
            next.Clear();
            foreach ((int node, int begin, int end, int depth) in level)
            {
                int at = begin;
                if (at < end && words[at].Length == depth)
                    word[node] = at++;
                uint mask = 0;
                while (at < end)
                {
                    int letter = ChannelLetters.Code(words[at][depth]);
                    mask |= 1u << letter;
                    from[letter] = at;
                    while (at < end && ChannelLetters.Code(words[at][depth]) == letter)
                        at++;
                    to[letter] = at;
                }

                letters[node] = mask;
                first[node] = letters.Count;
                for (uint rest = mask; rest != 0; rest &= rest - 1)
                {
                    int letter = BitOperations.TrailingZeroCount(rest);
                    next.Add((letters.Count, from[letter], to[letter], depth + 1));
                    letters.Add(0);
                    first.Add(0);
                    word.Add(-1);
                }
            }

            (level, next) = (next, level);
        }

        _letters = [.. letters];
        _firstChild = [.. first];
        _word = [.. word];
        _best = new float[_letters.Length];
        for (int node = _letters.Length - 1; node >= 0; node--)
        {
            float best = _word[node] >= 0 ? scores[_word[node]] : float.NegativeInfinity;
            int children = BitOperations.PopCount(_letters[node]);
            for (int child = 0; child < children; child++)
                best = Math.Max(best, _best[_firstChild[node] + child]);
            _best[node] = best;
        }
    }

    /// <summary>The number of nodes.</summary>
    public int Count => _letters.Length;

    /// <summary>Whether a letter may follow.</summary>
    public bool Has(int node, int letter) => (_letters[node] >> letter & 1) != 0;

    /// <summary>The node one letter further, or -1.</summary>
    public int Child(int node, int letter)
    {
        uint bit = 1u << letter, mask = _letters[node];
        return (mask & bit) == 0 ? -1 : _firstChild[node] + BitOperations.PopCount(mask & (bit - 1));
    }

    /// <summary>The number of the word that ends here, or -1.</summary>
    public int Word(int node) => _word[node];

    /// <summary>The best score at and below a node.</summary>
    public float Best(int node) => _best[node];
}
