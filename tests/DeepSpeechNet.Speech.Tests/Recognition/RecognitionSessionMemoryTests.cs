using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tests.Recognition;

/// <summary>What a process keeps alive can be counted only while no other test runs in it.</summary>
[CollectionDefinition(nameof(RecognitionSessionMemoryTests), DisableParallelization = true)]
[Collection(nameof(RecognitionSessionMemoryTests))]
public sealed class RecognitionSessionMemoryTests : IAsyncDisposable
{
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 2 });
    private readonly Recognizer _recognizer;

    public RecognitionSessionMemoryTests() => _recognizer = SmallRecognizer.Make(_device);

    public async ValueTask DisposeAsync()
    {
        await _recognizer.DisposeAsync();
        _device.Dispose();
    }

    [Fact]
    public async Task A_long_stream_does_not_grow()
    {
        float[] minute = SmallRecognizer.Conversation(2, (0.5, 2), (5, 12), (20, 0.7), (24, 3), (30, 22), (56, 3));
        await using RecognitionSession session = _recognizer.StartSession();
        Task<int> reading = CountAsync(session);
        for (int i = 0; i < 3; i++)
            await session.WriteAsync(minute);
        await session.EndUtteranceAsync();
        long before = LiveBytes();
        for (int i = 0; i < 8; i++)
            await session.WriteAsync(minute);
        await session.EndUtteranceAsync();
        long after = LiveBytes();
        await session.CompleteAsync();
        Assert.True(await reading > 50);
        // The samples are 31 MB. Pools keep an array or two more when work happens to overlap more than before, and give them up in their own time.
        Assert.True(after - before < 8_000_000, $"{after - before} more bytes after eight minutes");
    }

    private static long LiveBytes()
    {
        // Arrays in pools are given up a generation at a time.
        for (int i = 0; i < 3; i++)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static async Task<int> CountAsync(RecognitionSession session)
    {
        int finals = 0;
        await foreach (TranscriptUpdate update in session.Updates)
            finals += update.IsFinal ? 1 : 0;
        return finals;
    }
}
