using DeepSpeechNet.Audio;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

public sealed class CorpusPackerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Files whose content is their number of samples, or a word for a fault.</summary>
    private string Files(int count)
    {
        var manifest = new System.Text.StringBuilder("path\tspeaker\tcorpus\tlicence\ttext\n");
        for (int i = 0; i < count; i++)
        {
            _folder.Write($"{i}.fake", $"{100 + (37 * i % 50)}");
            manifest.Append($"{i}.fake\ts{i % 3}\tc{i % 2}\tl\ttext {i}\n");
        }
        return _folder.Write("m.tsv", manifest.ToString());
    }

    private static float[] Decode(string path, int sampleRate)
    {
        string text = File.ReadAllText(path);
        if (text == "bad") throw new AudioFormatException("x", "not a sound");
        int count = int.Parse(text);
        // Clips finish out of order.
        Thread.SpinWait(count * 10);
        return [.. Enumerable.Repeat(count / 1000f, count)];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void All_rows_are_packed_in_their_order_whatever_the_number_of_threads(int threads)
    {
        string manifest = Files(100), output = _folder.File("s.store");
        var reports = new List<PackProgress>();
        PackResult result = CorpusPacker.Pack(manifest, output, Decode, new PackOptions { Threads = threads, SampleRate = 1000 }, new Direct<PackProgress>(reports.Add));
        Assert.Equal(100, result.Clips);
        Assert.Empty(result.Skipped);
        Assert.Equal(Enumerable.Range(1, 100), reports.Select(r => r.Done));
        Assert.All(reports, r => Assert.Equal(100, r.Total));
        using SampleStore store = SampleStore.Open(output);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}.fake"), Enumerable.Range(0, store.Count).Select(i => store[i].Path));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => 100 + (37 * i % 50)), Enumerable.Range(0, 100).Select(store.SampleCount));
        Assert.Equal(("text 7", "s1", "c1", "l"), (store[7].Text, store[7].Speaker, store[7].Corpus, store[7].Licence));
        Assert.Equal(result.Seconds, Enumerable.Range(0, 100).Sum(i => store[i].Seconds), 1e-9);

        byte[] first = File.ReadAllBytes(output);
        CorpusPacker.Pack(manifest, output, Decode, new PackOptions { Threads = 2, SampleRate = 1000 });
        Assert.Equal(first, File.ReadAllBytes(output));
    }

    [Fact]
    public void Missing_empty_and_unreadable_files_are_told_and_the_rest_goes_on()
    {
        string manifest = Files(6), output = _folder.File("s.store");
        File.Delete(_folder.File("1.fake"));
        _folder.Write("2.fake", "bad");
        _folder.Write("4.fake", "0");
        PackResult result = CorpusPacker.Pack(manifest, output, Decode);
        Assert.Equal(
        [
            $"{manifest}, line 3: there is no file '{_folder.File("1.fake")}'; the row is skipped.",
            $"{manifest}, line 4: '2.fake' cannot be decoded (x: not a sound); the row is skipped.",
            $"{manifest}, line 6: '4.fake' holds no sound; the row is skipped.",
        ], result.Skipped);
        using SampleStore store = SampleStore.Open(output);
        Assert.Equal(["0.fake", "3.fake", "5.fake"], Enumerable.Range(0, store.Count).Select(i => store[i].Path));
    }

    [Fact]
    public void Only_rows_that_pass_the_filter_are_packed()
    {
        string manifest = Files(12), output = _folder.File("s.store");
        var options = new PackOptions
        {
            SampleRate = 1000,
            Filter = new CorpusFilter { OnlyCorpora = ["c0"], ExcludedSpeakers = ["s2"], MaximumSeconds = 0.125 },
        };
        CorpusPacker.Pack(manifest, output, Decode, options);
        using SampleStore store = SampleStore.Open(output);
        Assert.True(store.Count > 0);
        for (int i = 0; i < store.Count; i++)
        {
            Assert.Equal("c0", store[i].Corpus);
            Assert.NotEqual("s2", store[i].Speaker);
            Assert.True(store[i].Seconds <= 0.125);
        }
    }

    [Fact]
    public void When_nothing_can_be_packed_the_old_store_stays()
    {
        string manifest = Files(1), output = _folder.Write("s.store", "old");
        Assert.Contains("no row passes the filter", Assert.Throws<CorpusException>(() =>
            CorpusPacker.Pack(manifest, output, Decode, new PackOptions { Filter = new CorpusFilter { OnlyCorpora = ["none"] } })).Message);
        _folder.Write("0.fake", "bad");
        Assert.Contains("not one row could be packed; the first: ", Assert.Throws<CorpusException>(() => CorpusPacker.Pack(manifest, output, Decode)).Message);
        Assert.Equal("old", File.ReadAllText(output));
        Assert.Equal(["0.fake", "m.tsv", "s.store"], _folder.Names());
    }

    [Fact]
    public void A_stopped_packing_leaves_nothing_behind()
    {
        string manifest = Files(300);
        using var stop = new CancellationTokenSource();
        var progress = new Direct<PackProgress>(p =>
        {
            if (p.Done == 5) stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => CorpusPacker.Pack(manifest, _folder.File("s.store"), Decode, null, progress, stop.Token));
        Assert.DoesNotContain(_folder.Names(), n => n.Contains("store", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_killed_packing_left_is_removed()
    {
        string manifest = Files(2);
        _folder.Write(".s.store.0123.tmp", "half");
        CorpusPacker.Pack(manifest, _folder.File("s.store"), Decode);
        Assert.Equal(["0.fake", "1.fake", "m.tsv", "s.store"], _folder.Names());
    }

    [Fact]
    public void Real_sound_files_are_packed()
    {
        float[] samples = [.. Enumerable.Range(0, 8000).Select(i => MathF.Round(8192 * MathF.Sin(i * 0.05f)) / 32768)];
        WavWriter.Save(_folder.File("a.wav"), samples, 16_000);
        string manifest = _folder.Write("m.tsv", "path\ttext\na.wav\thello\n");
        CorpusPacker.Pack(manifest, _folder.File("s.store"));
        using ISpeechCorpus store = SpeechCorpus.Open(_folder.File("s.store"));
        using ISpeechCorpus direct = SpeechCorpus.Open(manifest);
        foreach (ISpeechCorpus corpus in new[] { store, direct })
        {
            Assert.Equal(1, corpus.Count);
            Assert.Equal(("hello", 0.5), (corpus[0].Text, corpus[0].Seconds));
            using SampleBuffer read = corpus.ReadSamples(0);
            Assert.Equal(samples, read.Span.ToArray());
        }
        Assert.Contains("has 16000 samples per second, and 8000 are wanted",
            Assert.Throws<CorpusException>(() => SpeechCorpus.Open(_folder.File("s.store"), new PackOptions { SampleRate = 8000 })).Message);
    }

    private sealed class Direct<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
