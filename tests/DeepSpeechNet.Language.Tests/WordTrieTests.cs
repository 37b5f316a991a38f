namespace DeepSpeechNet.Language.Tests;

public sealed class WordTrieTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(59)]
    [InlineData(60)]
    [InlineData(300)]
    public void Every_word_is_found_by_its_letters_and_nothing_else_is(int others)
    {
        Random random = new(4);
        Alphabet alphabet = new(string.Concat(Enumerable.Range(0, others).Select(i => (char)(0x4E00 + i))) + "abc ");
        Dictionary<string, int> words = [];
        while (words.Count < 60) words.TryAdd(string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => "abc"[random.Next(3)])), words.Count);
        WordTrie trie = WordTrie.Build(alphabet, words.Select(w => (w.Value, w.Key)), id => -id);
        Assert.Equal(60, trie.WordCount);
        foreach (string text in AllTexts("abc", 6))
        {
            int node = WordTrie.Root;
            foreach (int label in alphabet.Encode(text))
            {
                if (node >= 0) node = trie.Child(node, label);
            }

            int[] below = [.. words.Where(w => w.Key.StartsWith(text, StringComparison.Ordinal)).Select(w => w.Value)];
            Assert.Equal(below.Length > 0, node >= 0);
            if (node < 0) continue;
            Assert.Equal(words.TryGetValue(text, out int id) ? id : -1, trie.Word(node));
            Assert.Equal(-below.Min(), trie.Best(node));
            Assert.Equal(below.Min(), trie.Likeliest(node));
        }
    }

    [Fact]
    public void Of_words_that_are_equally_likely_the_first_by_its_letters_stands_for_their_beginning()
    {
        WordTrie trie = WordTrie.Build(new Alphabet("ab "), [(0, "bb"), (1, "ba"), (2, "b"), (3, "aba")], _ => -1);
        Assert.Equal(3, trie.Likeliest(WordTrie.Root));
        Assert.Equal(2, trie.Likeliest(trie.Child(WordTrie.Root, 1)));
    }

    [Fact]
    public void Words_that_the_alphabet_cannot_write_are_left_out()
    {
        WordTrie trie = WordTrie.Build(new Alphabet("ab "), [(0, "ab"), (1, "abc"), (2, ""), (3, "a b"), (4, new string('a', 256))], _ => -1);
        Assert.Equal(1, trie.WordCount);
        Assert.Equal(3, trie.NodeCount);
    }

    [Fact]
    public void A_vocabulary_without_a_single_word_is_refused()
    {
        Assert.Contains("alphabet", Assert.Throws<ArgumentException>(() => WordTrie.Build(new Alphabet("ab "), [(0, "xyz")], _ => 0)).Message);
        Assert.Contains("space", Assert.Throws<ArgumentException>(() => WordTrie.Build(new Alphabet("ab"), [(0, "ab")], _ => 0)).Message);
    }

    private static IEnumerable<string> AllTexts(string letters, int longest) =>
        longest == 0 ? [""] : AllTexts(letters, longest - 1).SelectMany(t => t.Length == longest - 1 ? letters.Select(l => t + l).Prepend(t) : [t]);
}
