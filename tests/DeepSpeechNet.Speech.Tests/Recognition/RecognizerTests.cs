using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Tests.Corpora;
using DeepSpeechNet.Speech.Tests.Training;

namespace DeepSpeechNet.Speech.Tests.Recognition;

/// <summary>A network with random weights writes nonsense, but must always write the same nonsense.</summary>
public sealed class RecognizerTests : IAsyncDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 2 });
    private readonly Recognizer _recognizer;

    public RecognizerTests()
    {
        FrontEndOptions frontEnd = new() { MelBins = 16 };
        AcousticModelOptions shape = new() { Context = 2, Hidden = 24, DenseLayers = 1, Cell = CellKind.GruResetAfter };
        AcousticModel model = new(_device, shape, new FeatureExtractor(frontEnd).FeatureCount, 5, 3, training: false);
        _recognizer = new Recognizer(model, new ModelDescription { Alphabet = new Alphabet(" abc"), FrontEnd = frontEnd, Acoustic = shape });
    }

    public async ValueTask DisposeAsync()
    {
        await _recognizer.DisposeAsync();
        _device.Dispose();
    }

    [Fact]
    public async Task Many_at_once_give_what_each_gives_alone()
    {
        using FakeCorpus corpus = ToneCorpus.Make(40, 11);
        float[][] clips = [.. Enumerable.Range(0, corpus.Count).Select(i => Samples(corpus, i))];
        List<Transcript> alone = [];
        foreach (float[] clip in clips)
            alone.Add(await _recognizer.TranscribeAsync(clip));

        Transcript[] together = await Task.WhenAll(clips.Select(clip => _recognizer.TranscribeAsync(clip)));

        for (int i = 0; i < clips.Length; i++)
        {
            Assert.Equal(alone[i].Text, together[i].Text);
            Assert.Equal(alone[i].Words, together[i].Words);
        }

        Assert.Contains(alone, transcript => transcript.Text.Length > 0);
    }

    [Fact]
    public async Task Digital_silence_has_no_words()
    {
        Transcript transcript = await _recognizer.TranscribeAsync(new float[16000]);
        Assert.Equal("", transcript.Text);
        Assert.Empty(transcript.Words);
        Assert.Equal(TimeSpan.FromSeconds(1), transcript.Duration);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(399)]
    public async Task A_clip_shorter_than_a_frame_has_no_words(int samples)
    {
        float[] clip = new float[samples];
        Array.Fill(clip, 0.5f);
        Assert.Equal("", (await _recognizer.TranscribeAsync(clip)).Text);
    }

    [Fact]
    public async Task A_recording_over_thirty_seconds_is_cut_at_pauses_and_its_times_lie_inside()
    {
        float[] samples = WithPauses(24, 12);
        Assert.True(samples.Length > 30 * 16000);
        Transcript transcript = await _recognizer.TranscribeAsync(samples);

        Assert.NotEmpty(transcript.Words);
        Assert.All(transcript.Words, word => Assert.True(word.Start <= word.End && word.End <= transcript.Duration));
        Assert.Equal(transcript.Words.OrderBy(word => word.Start), transcript.Words);
        await Assert.ThrowsAsync<ArgumentException>(() => _recognizer.TranscribeAsync(samples, new TranscriptionOptions { Segmentation = Segmentation.Whole }));
    }

    [Fact]
    public async Task A_recording_of_more_utterances_than_run_at_once_gives_the_words_of_each_in_order()
    {
        float[] samples = WithPauses(130, 14);
        List<SpeechSegment> segments = _recognizer.Segments(samples);
        Assert.True(segments.Count > 100, $"only {segments.Count} utterances");
        List<(TimeSpan, Transcript)> parts = [];
        foreach (SpeechSegment segment in segments)
        {
            ReadOnlyMemory<float> part = samples.AsMemory((int)segment.Start..(int)segment.End);
            parts.Add((TimeSpan.FromSeconds(segment.Start / 16000.0), await _recognizer.TranscribeUtteranceAsync(part, new TranscriptionOptions(), default)));
        }

        Transcript transcript = await _recognizer.TranscribeAsync(samples);

        Assert.Equal(Transcript.Join(parts, transcript.Duration).Words, transcript.Words);
        Assert.NotEmpty(transcript.Words);
    }

    [Fact]
    public async Task A_cancelled_request_ends_as_cancelled_and_the_others_go_on()
    {
        using FakeCorpus corpus = ToneCorpus.Make(2, 13);
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _recognizer.TranscribeAsync(Samples(corpus, 0), cancellationToken: stop.Token));
        Assert.NotNull(await _recognizer.TranscribeAsync(Samples(corpus, 1)));
    }

    /// <summary>Clips with one and a half seconds of silence behind each.</summary>
    private static float[] WithPauses(int clips, int seed)
    {
        using FakeCorpus corpus = ToneCorpus.Make(clips, seed);
        return [.. Enumerable.Range(0, corpus.Count).SelectMany(i => Samples(corpus, i).Concat(new float[16000 * 3 / 2]))];
    }

    private static float[] Samples(FakeCorpus corpus, int index)
    {
        using SampleBuffer buffer = corpus.ReadSamples(index);
        return buffer.Span.ToArray();
    }
}
