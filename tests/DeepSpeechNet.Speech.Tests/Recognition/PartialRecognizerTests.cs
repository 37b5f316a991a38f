using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tests.Recognition;

public sealed class PartialRecognizerTests : IDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(CellKind.ClippedRelu, 3, 2)]
    [InlineData(CellKind.GruResetAfter, 5, 3)]
    [InlineData(CellKind.GruResetBefore, 0, 1)]
    [InlineData(CellKind.Lstm, 2, 2)]
    [InlineData(CellKind.LstmFullPeephole, 1, 4)]
    public async Task A_network_that_only_looks_back_reads_pieces_as_it_reads_the_whole(CellKind cell, int context, int stride)
    {
        AcousticModelOptions shape = Shape(cell, DirectionMode.Forward) with { Context = context, Stride = stride };
        await using Recognizer recognizer = SmallRecognizer.Make(_device, shape, FeatureNormalisation.None);
        float[] samples = Speech(3.3);
        Transcript whole = await recognizer.TranscribeAsync(samples);
        Assert.NotEmpty(whole.Words);
        foreach (int piece in new[] { 1000, 4000, 9999 })
            Same(whole, await ReadAsync(recognizer.NewPartialRecognizer(tailSeconds: 0), samples, piece));
    }

    [Theory]
    [InlineData(DirectionMode.Sum, FeatureNormalisation.PerUtterance)]
    [InlineData(DirectionMode.Concatenate, FeatureNormalisation.Level)]
    [InlineData(DirectionMode.Sum, FeatureNormalisation.Running)]
    public async Task An_utterance_that_is_not_settled_yet_is_read_both_ways(DirectionMode direction, FeatureNormalisation normalisation)
    {
        await using Recognizer recognizer = SmallRecognizer.Make(_device, Shape(CellKind.GruResetAfter, direction), normalisation);
        float[] samples = Speech(1.3);
        Same(await recognizer.TranscribeAsync(samples), await ReadAsync(recognizer.NewPartialRecognizer(tailSeconds: 0), samples, samples.Length));
    }

    [Fact]
    public async Task Another_utterance_begins_anew()
    {
        await using Recognizer recognizer = SmallRecognizer.Make(_device, normalisation: FeatureNormalisation.None);
        PartialRecognizer reader = recognizer.NewPartialRecognizer(tailSeconds: 0);
        float[] samples = Speech(3);
        Transcript first = await ReadAsync(reader, samples, 4000);
        Same(first, await ReadAsync(reader, samples, 4000));
    }

    [Fact]
    public async Task The_silence_behind_the_newest_frame_is_what_the_utterance_began_with_and_nothing_is_read_in_it()
    {
        AcousticModelOptions shape = Shape(CellKind.GruResetAfter, DirectionMode.Sum) with { Context = 0, Stride = 1 };
        await using Recognizer recognizer = SmallRecognizer.Make(_device, shape, FeatureNormalisation.None);
        float[] samples = Speech(1.3);
        PartialRecognizer reader = recognizer.NewPartialRecognizer(tailSeconds: 0.2);
        Transcript partial = await ReadAsync(reader, samples, samples.Length);
        Transcript again = await ReadAsync(reader, samples, samples.Length);
        Transcript whole = await recognizer.TranscribeAsync(samples);
        Assert.NotEmpty(partial.Words);
        Same(partial, again);
        Assert.All(partial.Words, w => Assert.True(w.End <= partial.Duration));
        Assert.NotEqual(whole.Words.Select(w => w.Confidence), partial.Words.Select(w => w.Confidence));
    }

    [Fact]
    public async Task Sessions_side_by_side_read_what_each_reads_alone()
    {
        await using Recognizer recognizer = SmallRecognizer.Make(_device, Shape(CellKind.Lstm, DirectionMode.Sum));
        float[][] clips = [.. Enumerable.Range(0, 6).Select(i => Speech(2 + (0.3 * i), seed: i))];
        List<Transcript> alone = [];
        foreach (float[] clip in clips)
            alone.Add(await ReadAsync(recognizer.NewPartialRecognizer(), clip, 4000));
        Transcript[] together = await Task.WhenAll(clips.Select(clip => Task.Run(() => ReadAsync(recognizer.NewPartialRecognizer(), clip, 4000))));
        for (int i = 0; i < clips.Length; i++)
            Same(alone[i], together[i]);
    }

    private static AcousticModelOptions Shape(CellKind cell, DirectionMode direction) =>
        new() { Context = 2, Hidden = 24, DenseLayers = 1, RecurrentLayers = 2, ResidualLayers = cell == CellKind.GruResetAfter ? 1 : 0, Cell = cell, Direction = direction };

    private static float[] Speech(double seconds, int seed = 1) => SmallRecognizer.Conversation(seed, (0.2, seconds - 0.6));

    private static void Same(Transcript expected, Transcript actual)
    {
        Assert.Equal(expected.Text, actual.Text);
        Assert.Equal(expected.Words.Select(w => (w.Text, w.Start, w.End)), actual.Words.Select(w => (w.Text, w.Start, w.End)));
        for (int i = 0; i < expected.Words.Count; i++)
            Assert.Equal(expected.Words[i].Confidence, actual.Words[i].Confidence, 4);
    }

    private static async Task<Transcript> ReadAsync(PartialRecognizer reader, float[] samples, int piece)
    {
        reader.Begin();
        Transcript last = Transcript.Empty(TimeSpan.Zero);
        for (int at = 0; at < samples.Length; at += piece)
            last = await reader.HearAsync(samples.AsMemory(at, Math.Min(piece, samples.Length - at)), new TranscriptionOptions(), CancellationToken.None);
        return last;
    }
}
