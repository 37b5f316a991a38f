using System.Text;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

public sealed class SampleStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static float[] Tone(int length, float step) => [.. Enumerable.Range(0, length).Select(i => MathF.Sin(i * step))];

    private string Make(params (CorpusEntry Entry, float[] Samples)[] clips)
    {
        string path = _folder.File("s.store");
        AtomicFile.Write(path, stream =>
        {
            using var writer = new SampleStoreWriter(stream, 16_000);
            foreach ((CorpusEntry entry, float[] samples) in clips) writer.Add(entry, samples);
            writer.Finish();
        });
        return path;
    }

    [Fact]
    public void Clips_of_any_length_are_read_back_to_16_bits()
    {
        int[] lengths = [1, 31, 32, 33, 64, 1000, 0, 7];
        string path = Make([.. lengths.Select((n, i) => (FakeCorpus.Entry($"clip {i}", $"text é {i}"), Tone(n, 0.1f + i)))]);
        using SampleStore store = SampleStore.Open(path);
        Assert.Equal((8, 16_000), (store.Count, store.SampleRate));
        for (int i = 0; i < lengths.Length; i++)
        {
            Assert.Equal(new CorpusEntry($"clip {i}", $"text é {i}", "ann", "c", "CC0", lengths[i] / 16_000.0), store[i]);
            using SampleBuffer read = store.ReadSamples(i);
            Assert.Equal(lengths[i], read.Length);
            Assert.Equal(lengths[i], store.SampleCount(i));
            float[] tone = Tone(lengths[i], 0.1f + i);
            for (int t = 0; t < tone.Length; t++) Assert.Equal(tone[t], read.Span[t], 1.01 / 65536 + (tone[t] > 0.9999 ? 1.0 / 32768 : 0));
        }
    }

    [Fact]
    public void Samples_of_16_bits_are_kept_exactly_and_louder_ones_are_limited()
    {
        float[] all = [.. Enumerable.Range(short.MinValue, 65536).Select(v => v / 32768f)];
        string path = Make((FakeCorpus.Entry("all"), all), (FakeCorpus.Entry("odd"), [2f, -2f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f]));
        using SampleStore store = SampleStore.Open(path);
        using SampleBuffer read = store.ReadSamples(0);
        Assert.Equal(all, read.Span.ToArray());
        using SampleBuffer odd = store.ReadSamples(1);
        Assert.Equal([32767f / 32768, -1f, 0f, 32767f / 32768, -1f, 0f], odd.Span.ToArray());
    }

    [Fact]
    public void Many_threads_may_read()
    {
        float[] tone = Tone(50_000, 0.01f);
        using SampleStore store = SampleStore.Open(Make([.. Enumerable.Range(0, 8).Select(i => (FakeCorpus.Entry($"{i}"), tone))]));
        using SampleBuffer first = store.ReadSamples(0);
        float[] expected = first.Span.ToArray();
        Parallel.For(0, 200, i =>
        {
            using SampleBuffer read = store.ReadSamples(i % 8);
            Assert.True(read.Span.SequenceEqual(expected));
        });
    }

    [Fact]
    public void A_span_that_is_too_short_is_refused_and_so_is_a_closed_store()
    {
        SampleStore store = SampleStore.Open(Make((FakeCorpus.Entry("a"), Tone(10, 1))));
        Assert.Throws<ArgumentException>(() => store.ReadSamples(0, new float[9]));
        store.Dispose();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.ReadSamples(0).Dispose());
    }

    [Fact]
    public void Any_changed_byte_is_found_when_the_store_is_opened_or_the_clip_is_read()
    {
        string path = Make((FakeCorpus.Entry("a"), Tone(33, 1)), (FakeCorpus.Entry("b"), Tone(5, 1)));
        byte[] good = File.ReadAllBytes(path);
        // Padding behind clips belongs to no clip.
        bool IsPadding(int at) => (at >= 64 + 66 && at < 192) || (at >= 192 + 10 && at < 256);
        for (int at = 0; at < good.Length; at++)
        {
            byte[] bad = (byte[])good.Clone();
            bad[at] ^= 0x41;
            File.WriteAllBytes(path, bad);
            // The sample rate is a number like any other; whoever opens the store compares it with his own.
            if (IsPadding(at) || at is >= 12 and < 15) continue;
            Assert.Throws<CorpusException>(() =>
            {
                using SampleStore store = SampleStore.Open(path);
                for (int i = 0; i < 2; i++) store.ReadSamples(i).Dispose();
            });
        }
    }

    [Fact]
    public void A_damaged_clip_is_named_and_the_others_are_good()
    {
        string path = Make((FakeCorpus.Entry("first"), Tone(33, 1)), (FakeCorpus.Entry("second"), Tone(5, 1)));
        byte[] bytes = File.ReadAllBytes(path);
        bytes[64] ^= 1;
        File.WriteAllBytes(path, bytes);
        using SampleStore store = SampleStore.Open(path);
        Assert.Equal($"{path}: the samples of 'first' are damaged; pack the corpus again.",
            Assert.Throws<CorpusException>(() => store.ReadSamples(0).Dispose()).Message);
        store.ReadSamples(1).Dispose();
    }

    [Fact]
    public void A_truncated_store_is_refused_wherever_it_ends()
    {
        string path = Make((FakeCorpus.Entry("a"), Tone(33, 1)));
        byte[] good = File.ReadAllBytes(path);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Throws<CorpusException>(() => SampleStore.Open(path).Dispose());
        }
        File.WriteAllBytes(path, [.. good, 0]);
        Assert.Throws<CorpusException>(() => SampleStore.Open(path).Dispose());
    }

    [Fact]
    public void Another_version_and_other_files_get_a_clear_sentence()
    {
        string path = Make((FakeCorpus.Entry("a"), Tone(33, 1)));
        Assert.True(SampleStore.IsStore(path));
        byte[] bytes = File.ReadAllBytes(path);
        bytes[8] = 2;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("has version 2, and this program reads version 1", Assert.Throws<CorpusException>(() => SampleStore.Open(path)).Message);
        File.WriteAllText(path, new string('x', 100));
        Assert.False(SampleStore.IsStore(path));
        Assert.Contains("this is no store of samples", Assert.Throws<CorpusException>(() => SampleStore.Open(path)).Message);
        Assert.EndsWith("there is no such store.", Assert.Throws<CorpusException>(() => SampleStore.Open(_folder.File("none"))).Message);
    }

    [Fact]
    public void The_checksum_is_the_published_crc_32c() => Assert.Equal(0xE3069283u, SampleStoreFormat.Checksum(Encoding.ASCII.GetBytes("123456789")));
}
