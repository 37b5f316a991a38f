using System.IO.Compression;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.Neural;

public sealed class TokenTextTests : IDisposable
{
    private static readonly CharacterTokens Letters = new(new Alphabet("abc "));
    private readonly string _folder = Directory.CreateTempSubdirectory("token-text").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Plain_and_gzip_files_read_as_sentences_with_ends()
    {
        File.WriteAllText(InFolder("a.txt"), "ab c\n\n  \nba");
        using (StreamWriter writer = new(new GZipStream(File.Create(InFolder("b.txt.gz")), CompressionLevel.Fastest)))
            writer.Write("cc\r\nab\n");
        TokenText text = TokenText.Read([InFolder("a.txt"), InFolder("b.txt.gz")], Letters);
        int[] all = new int[text.Count];
        text.CopyTo(0, all);
        Assert.Equal("ab c\nba\ncc\nab\n", Letters.Decode(all));
        Assert.Equal(4, text.Sentences);
        (TokenText first, TokenText second) = text.Split(0.75);
        Assert.Equal((3, 11, 1, 3), (first.Sentences, first.Count, second.Sentences, second.Count));
        Assert.Throws<ArgumentException>(() => text.Split(0.1));
    }

    [Fact]
    public void A_symbol_outside_the_alphabet_names_its_line()
    {
        File.WriteAllText(InFolder("x.txt"), "ab\nabé\n");
        string message = Assert.Throws<LanguageTextException>(() => TokenText.Read([InFolder("x.txt")], Letters)).Message;
        Assert.Contains("x.txt, line 2", message, StringComparison.Ordinal);
        Assert.Contains("é", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_xz_and_damaged_files_are_refused_in_words()
    {
        File.WriteAllText(InFolder("empty"), "\n \n");
        Assert.Contains("no text", Assert.Throws<LanguageTextException>(() => TokenText.Read([InFolder("empty")], Letters)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(InFolder("t.xz"), [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 1, 2]);
        Assert.Contains("xz -dk", Assert.Throws<LanguageTextException>(() => TokenText.Read([InFolder("t.xz")], Letters)).Message, StringComparison.Ordinal);
        using (StreamWriter writer = new(new GZipStream(File.Create(InFolder("t.gz")), CompressionLevel.Fastest)))
            writer.Write(string.Concat(Enumerable.Range(0, 500).Select(i => "abc"[i * i % 3])));
        byte[] packed = File.ReadAllBytes(InFolder("t.gz"));
        packed[^6] ^= 0xFF;
        File.WriteAllBytes(InFolder("t.gz"), packed);
        Assert.Contains("damaged", Assert.Throws<LanguageTextException>(() => TokenText.Read([InFolder("t.gz")], Letters)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(1, 7)]
    [InlineData(5, 100)]
    public void Streams_predict_every_symbol_once_from_the_one_before(int batch, int window)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        NeuralLanguageModel model = new(device, new NeuralLanguageModelOptions { Hidden = 2, Embedding = 0, Context = 2 }, Letters.Count, Letters.End, seed: null);
        TokenText text = TokenText.Of(Letters, ["abc", "cab", "b a c", "aa", "cbcbc"]);
        TextStreams streams = new(text, model, batch, window);
        bool[] seen = new bool[text.Count];
        HostBatch host = new();
        for (int w = 0; w < streams.Windows; w++)
        {
            streams.Fill(host, w);
            int[] inputs = host.Integers(0).ToArray(), targets = host.Integers(1).ToArray();
            Assert.Equal(streams.Time(w), host.Integers(2)[0]);
            for (int i = 0; i < targets.Length; i++)
            {
                int place = streams.Place(w, i / batch, i % batch);
                Assert.False(seen[place]);
                seen[place] = true;
                int At(int p) => p < 0 ? Letters.End : text[p];
                Assert.Equal(text[place], targets[i]);
                Assert.Equal((At(place - 2) * Letters.Count) + At(place - 1), inputs[i]);
            }
        }

        Assert.Equal(streams.Predicted, seen.Count(s => s));
        Assert.True(text.Count - streams.Predicted < batch);
    }

    private string InFolder(string name) => Path.Combine(_folder, name);
}
