using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tests.Recognition;

public sealed class RecognitionSessionTests : IAsyncDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 2 });
    private readonly Recognizer _recognizer;

    public RecognitionSessionTests() => _recognizer = SmallRecognizer.Make(_device);

    public async ValueTask DisposeAsync()
    {
        await _recognizer.DisposeAsync();
        _device.Dispose();
    }

    [Fact]
    public async Task A_stream_in_chunks_of_any_size_gives_what_the_file_gives()
    {
        float[] samples = Talk();
        Transcript file = await _recognizer.TranscribeAsync(samples, new TranscriptionOptions { Segmentation = Segmentation.Pauses });
        Assert.NotEmpty(file.Words);
        foreach (int size in new[] { 77, 160, 1600, 100_000 })
        {
            List<TranscriptUpdate> finals = await FinalsAsync(samples, size, new SessionOptions());
            Assert.Equal(3, finals.Count);
            Assert.Equal(file.Text, string.Join(' ', finals.Select(f => f.Text).Where(t => t.Length > 0)));
            Assert.Equal(file.Words, finals.SelectMany(f => f.Words));
        }
    }

    [Fact]
    public async Task Random_cuts_never_change_a_final_text()
    {
        float[] samples = Talk();
        List<TranscriptUpdate> whole = await FinalsAsync(samples, samples.Length, new SessionOptions());
        Random random = new(5);
        for (int round = 0; round < 20; round++)
        {
            int largest = (int)Math.Pow(10, 1 + (4 * random.NextDouble()));
            await using RecognitionSession session = _recognizer.StartSession(new SessionOptions { Partials = round % 2 == 0, EagerFinals = round % 3 != 0 });
            Task<List<TranscriptUpdate>> reading = ReadAsync(session);
            for (int at = 0, count; at < samples.Length; at += count)
                await session.WriteAsync(samples.AsMemory(at, count = Math.Min(random.Next(1, largest + 1), samples.Length - at)));
            await session.CompleteAsync();
            TranscriptUpdate[] finals = [.. (await reading).Where(u => u.IsFinal)];
            Assert.Equal(whole.Select(f => (f.Start, f.End, f.Text)), finals.Select(f => (f.Start, f.End, f.Text)));
            Assert.Equal(whole.SelectMany(f => f.Words), finals.SelectMany(f => f.Words));
        }
    }

    [Fact]
    public async Task One_utterance_gives_what_the_whole_file_gives()
    {
        float[] samples = Talk();
        Transcript file = await _recognizer.TranscribeAsync(samples, new TranscriptionOptions { Segmentation = Segmentation.Whole });
        List<TranscriptUpdate> finals = await FinalsAsync(samples, 1234, new SessionOptions { Segmentation = Segmentation.Whole });
        TranscriptUpdate final = Assert.Single(finals);
        Assert.Equal(file.Text, final.Text);
        Assert.Equal(file.Words, final.Words);
        Assert.Equal(file.Duration, final.End);
    }

    [Fact]
    public async Task A_stream_of_another_rate_gives_what_the_resampled_file_gives()
    {
        float[] samples = Resampler.Convert(Talk(), 16000, 44100);
        Transcript file = await _recognizer.TranscribeAsync(Resampler.Convert(samples, 44100, 16000), new TranscriptionOptions { Segmentation = Segmentation.Pauses });
        List<TranscriptUpdate> finals = await FinalsAsync(samples, 4321, new SessionOptions { SampleRate = 44100 });
        Assert.Equal(file.Words, finals.SelectMany(f => f.Words));
    }

    [Fact]
    public async Task Partials_come_before_their_final_and_in_order()
    {
        await using RecognitionSession session = _recognizer.StartSession(new SessionOptions { EveryPartial = true, EagerFinals = false });
        List<TranscriptUpdate> updates = await RunAsync(session, Talk(), 160);
        Assert.Contains(updates, u => !u.IsFinal && u.Words.Count > 0);
        int utterance = 0;
        TimeSpan heard = TimeSpan.Zero;
        foreach (TranscriptUpdate update in updates)
        {
            Assert.Equal(utterance, update.Utterance);
            if (update.IsFinal)
                utterance++;
            else
                Assert.True(update.End - heard >= session.Options.PartialInterval - TimeSpan.FromMilliseconds(1));
            heard = update.IsFinal ? TimeSpan.Zero : update.End;
            Assert.All(update.Words, w => Assert.True(update.Start <= w.Start && w.Start <= w.End && w.End <= update.End));
        }

        Assert.Equal(3, utterance);
    }

    [Fact]
    public async Task Partials_keep_their_interval_where_chunks_do_not_divide_it()
    {
        TimeSpan chunk = TimeSpan.FromMilliseconds(100), interval = TimeSpan.FromMilliseconds(250);
        await using RecognitionSession session = _recognizer.StartSession(new SessionOptions { EveryPartial = true, EagerFinals = false, PartialInterval = interval });
        List<TranscriptUpdate> updates = await RunAsync(session, Talk(), (int)(chunk.TotalSeconds * 16000));
        foreach (IGrouping<int, TranscriptUpdate> utterance in updates.Where(u => !u.IsFinal).GroupBy(u => u.Utterance))
        {
            TimeSpan[] ends = [.. utterance.Select(u => u.End)];
            Assert.True(ends.Length > 4, $"{ends.Length} partial texts");
            for (int i = 1; i < ends.Length; i++)
                Assert.InRange(ends[i] - ends[0], i * interval, (i * interval) + chunk);
        }
    }

    [Fact]
    public async Task A_partial_text_has_heard_the_whole_chunk()
    {
        // Speech from 0.5 to 1.7 s: texts are due at 0.7 s and on.
        await using RecognitionSession session = _recognizer.StartSession(new SessionOptions { EagerFinals = false });
        await session.WriteAsync(Talk().AsMemory(0, (int)(1.4 * 16000)));
        await foreach (TranscriptUpdate update in session.Updates)
        {
            Assert.False(update.IsFinal);
            Assert.Equal(1.4, update.End.TotalSeconds, 0.001);
            break;
        }
    }

    [Fact]
    public async Task A_final_worked_out_early_is_shown_early_and_is_the_same()
    {
        float[] samples = Talk();
        await using RecognitionSession session = _recognizer.StartSession(new SessionOptions { EveryPartial = true });
        List<TranscriptUpdate> updates = await RunAsync(session, samples, 160);
        List<TranscriptUpdate> plain = await FinalsAsync(samples, 160, new SessionOptions { EagerFinals = false });
        TranscriptUpdate[] finals = [.. updates.Where(u => u.IsFinal)];
        Assert.Equal(plain.Select(u => (u.Start, u.End, u.Text)), finals.Select(u => (u.Start, u.End, u.Text)));
        for (int i = 0; i < finals.Length - 1; i++)
        {
            TranscriptUpdate last = updates.Last(u => !u.IsFinal && u.Utterance == i);
            Assert.Equal((finals[i].Text, finals[i].End), (last.Text, last.End));
        }
    }

    [Fact]
    public async Task Partials_never_change_a_final()
    {
        float[] samples = Talk();
        List<TranscriptUpdate> without = await FinalsAsync(samples, 500, new SessionOptions { Partials = false });
        List<TranscriptUpdate> with = await FinalsAsync(samples, 500, new SessionOptions { EveryPartial = true, PartialInterval = TimeSpan.FromMilliseconds(90) });
        Assert.Equal(without.SelectMany(u => u.Words), with.SelectMany(u => u.Words));
    }

    [Theory]
    [InlineData(Segmentation.Pauses, 0)]
    [InlineData(Segmentation.Whole, 1)]
    public async Task Silence_gives_no_words(Segmentation segmentation, int finals)
    {
        List<TranscriptUpdate> updates = await FinalsAsync(new float[5 * 16000], 1000, new SessionOptions { Segmentation = segmentation });
        Assert.Equal(finals, updates.Count);
        Assert.All(updates, u => Assert.Equal("", u.Text));
    }

    [Fact]
    public async Task An_empty_stream_has_no_updates()
    {
        Assert.Empty(await FinalsAsync([], 1, new SessionOptions()));
        Assert.Empty(await FinalsAsync([], 1, new SessionOptions { Segmentation = Segmentation.Whole }));
    }

    [Fact]
    public async Task Samples_that_are_no_numbers_count_as_silence()
    {
        float[] samples = Talk();
        samples[20_000] = 0;
        List<TranscriptUpdate> clean = await FinalsAsync(samples, 1600, new SessionOptions());
        samples[20_000] = float.NaN;
        Assert.Equal(clean.Select(u => u.Text), (await FinalsAsync(samples, 1600, new SessionOptions())).Select(u => u.Text));
    }

    [Fact]
    public async Task An_utterance_can_be_ended_by_hand_and_the_session_goes_on()
    {
        float[] samples = Talk();
        await using RecognitionSession session = _recognizer.StartSession(new SessionOptions { Partials = false });
        await session.WriteAsync(samples.AsMemory(0, 20_000));
        await session.EndUtteranceAsync();
        await using IAsyncEnumerator<TranscriptUpdate> updates = session.Updates.GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal((0, true, TimeSpan.FromSeconds(20_000 / 16000.0)), (updates.Current.Utterance, updates.Current.IsFinal, updates.Current.End));
        await session.EndUtteranceAsync();
        await session.WriteAsync(samples.AsMemory(20_000));
        await session.CompleteAsync();
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal((1, TimeSpan.FromSeconds(20_000 / 16000.0)), (updates.Current.Utterance, updates.Current.Start));
    }

    [Fact]
    public async Task Thirty_seconds_are_the_most_of_one_utterance()
    {
        await using RecognitionSession session = _recognizer.StartSession(new SessionOptions { Segmentation = Segmentation.Whole, Partials = false });
        await session.WriteAsync(new float[30 * 16000]);
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => session.WriteAsync(new float[10]).AsTask());
        Assert.Contains("30 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_end_nothing_can_be_written()
    {
        await using RecognitionSession session = _recognizer.StartSession();
        await session.CompleteAsync();
        await session.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => session.WriteAsync(new float[10]).AsTask());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30_000)]
    [InlineData(110_000)]
    public async Task A_session_can_be_disposed_at_any_moment(int heard)
    {
        RecognitionSession session = _recognizer.StartSession();
        Task<List<TranscriptUpdate>> reading = ReadAsync(session);
        float[] samples = Talk();
        await session.WriteAsync(samples.AsMemory(0, heard));
        Task writing = Task.Run(async () =>
        {
            while (true)
                await WriteAsync(session, samples.AsMemory(heard), 160);
        });
        await session.DisposeAsync();
        await session.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => writing);
        await reading;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => session.WriteAsync(samples).AsTask());
        Assert.Equal(3, (await FinalsAsync(samples, 16000, new SessionOptions())).Count);
    }

    [Fact]
    public async Task A_live_source_that_fails_hands_its_fault_to_the_reader()
    {
        IOException error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (TranscriptUpdate update in _recognizer.TranscribeLiveAsync(Chunks(Talk(), fail: true)))
                Assert.True(update.Words.Count >= 0);
        });
        Assert.Equal("The plug was pulled.", error.Message);
    }

    [Fact]
    public async Task A_live_source_gives_what_the_file_gives_and_can_be_left_early()
    {
        float[] samples = Talk();
        Transcript file = await _recognizer.TranscribeAsync(samples, new TranscriptionOptions { Segmentation = Segmentation.Pauses });
        List<TranscriptWord> words = [];
        await foreach (TranscriptUpdate update in _recognizer.TranscribeLiveAsync(Chunks(samples, fail: false)))
            words.AddRange(update.IsFinal ? update.Words : []);
        Assert.Equal(file.Words, words);

        await foreach (TranscriptUpdate update in _recognizer.TranscribeLiveAsync(Chunks(samples, fail: false)))
        {
            Assert.Equal(0, update.Utterance);
            break;
        }
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        Assert.StartsWith("SampleRate is 10", Assert.Throws<ArgumentException>(() => _recognizer.StartSession(new SessionOptions { SampleRate = 10 })).Message, StringComparison.Ordinal);
        Assert.StartsWith("PartialInterval is 0", Assert.Throws<ArgumentException>(() => _recognizer.StartSession(new SessionOptions { PartialInterval = default })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _recognizer.StartSession(new SessionOptions { Endpoints = new SpeechSegmenterOptions { MaximumSeconds = 60 } }));
    }

    private static float[] Talk() => SmallRecognizer.Conversation(1, (0.5, 1.2), (4, 2.5), (9, 0.8));

    private static async IAsyncEnumerable<ReadOnlyMemory<float>> Chunks(float[] samples, bool fail)
    {
        for (int at = 0; at < samples.Length; at += 999)
        {
            await Task.Yield();
            yield return samples.AsMemory(at, Math.Min(999, samples.Length - at));
        }

        if (fail)
            throw new IOException("The plug was pulled.");
    }

    private async Task<List<TranscriptUpdate>> FinalsAsync(float[] samples, int chunk, SessionOptions options)
    {
        await using RecognitionSession session = _recognizer.StartSession(options);
        return [.. (await RunAsync(session, samples, chunk)).Where(u => u.IsFinal)];
    }

    private static async Task<List<TranscriptUpdate>> RunAsync(RecognitionSession session, float[] samples, int chunk)
    {
        Task<List<TranscriptUpdate>> reading = ReadAsync(session);
        await WriteAsync(session, samples, chunk);
        await session.CompleteAsync();
        return await reading;
    }

    private static async Task<List<TranscriptUpdate>> ReadAsync(RecognitionSession session)
    {
        List<TranscriptUpdate> updates = [];
        await foreach (TranscriptUpdate update in session.Updates)
            updates.Add(update);
        return updates;
    }

    private static async Task WriteAsync(RecognitionSession session, ReadOnlyMemory<float> samples, int chunk)
    {
        for (; samples.Length > 0; samples = samples[Math.Min(chunk, samples.Length)..])
            await session.WriteAsync(samples[..Math.Min(chunk, samples.Length)]);
        await session.WriteAsync(default);
    }
}
