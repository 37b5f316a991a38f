using DeepSpeechNet.Language.Correction;

namespace DeepSpeechNet.Language.Tests.Correction;

public sealed class WordTrieTests
{
    [Fact]
    public void Every_word_and_no_other_is_found_with_the_best_below()
    {
        Random random = new(7);
        string[] words = [.. Enumerable.Range(0, 3000).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => "abcdxyz'"[random.Next(8)])]))
            .Distinct().Order(StringComparer.Ordinal)];
        float[] scores = [.. words.Select(_ => -random.NextSingle())];
        WordTrie trie = new(words, scores);
        for (int i = 0; i < words.Length; i++)
        {
            for (int length = 0; length <= words[i].Length; length++)
            {
                int node = Walk(trie, words[i][..length]);
                string prefix = words[i][..length];
                Assert.Equal(Array.IndexOf(words, prefix), trie.Word(node));
                Assert.Equal(words.Zip(scores).Where(w => w.First.StartsWith(prefix, StringComparison.Ordinal)).Max(w => w.Second), trie.Best(node));
            }

            if (i == 200)
                break;
        }

        Assert.Equal(-1, trie.Child(WordTrie.Root, ChannelLetters.Code('q')));
    }

    private static int Walk(WordTrie trie, string letters)
    {
        int node = WordTrie.Root;
        foreach (char letter in letters)
            node = trie.Child(node, ChannelLetters.Code(letter));
        return node;
    }
}
