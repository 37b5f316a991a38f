using DeepSpeechNet.Language.Decoding.HotWords;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// Phrases that are likelier than the language model thinks, as a tree of words with the state to fall back to where a phrase breaks off (Aho and Corasick
/// 1975). Each word of a phrase earns its share of the phrase's weight at once, which is taken back where the phrase breaks off. Immutable.
/// </summary>
internal sealed class HotPhrases
{
    private readonly Dictionary<(int Node, string Word), int> _next = [];
    private readonly List<int> _fallback = [0];
    private readonly List<float> _begun = [0], _done = [0];

    /// <summary>A tree of phrases.</summary>
    /// <param name="phrases">Phrases of words between single spaces, and what each adds to the score.</param>
    public HotPhrases(IEnumerable<HotWord> phrases)
    {
        foreach (HotWord phrase in phrases)
        {
            string[] words = phrase.Phrase.Split(' ');
            float weight = (float)phrase.Weight;
            int node = 0;
            for (int i = 0; i < words.Length; i++)
            {
                Words[words[i]] = Math.Max(Words.GetValueOrDefault(words[i]), weight / words.Length);
                if (!_next.TryGetValue((node, words[i]), out int child))
                {
                    child = _fallback.Count;
                    _next.Add((node, words[i]), child);
                    _fallback.Add(0);
                    _begun.Add(0);
                    _done.Add(0);
                }

                node = child;
                if (i < words.Length - 1)
                    _begun[node] = Math.Max(_begun[node], weight * (i + 1) / words.Length);
            }

            _done[node] = Math.Max(_done[node], weight);
        }

        // Children come after their parents, and fallbacks are shorter: one pass in order of depth, which is not the order of making.
        Queue<int> queue = new([0]);
        ILookup<int, (string Word, int Child)> children = _next.ToLookup(n => n.Key.Node, n => (n.Key.Word, n.Value));
        while (queue.TryDequeue(out int node))
        {
            foreach ((string word, int child) in children[node])
            {
                _fallback[child] = node == 0 ? 0 : Find(_fallback[node], word);
                queue.Enqueue(child);
            }
        }
    }

    /// <summary>All words of all phrases, and the most that each can earn at once.</summary>
    public Dictionary<string, float> Words { get; } = new(StringComparer.Ordinal);

    /// <summary>The state after a word, and what the score gains or loses.</summary>
    public (int Next, float Gain) Step(int state, string word)
    {
        int next = Find(state, word);
        return (next, _done[next] + _begun[next] - _begun[state]);
    }

    /// <summary>What is taken back at the end of a text.</summary>
    public float End(int state) => -_begun[state];

    private int Find(int state, string word)
    {
        for (; ; state = _fallback[state])
        {
            if (_next.TryGetValue((state, word), out int next))
                return next;
            if (state == 0)
                return 0;
        }
    }
}
