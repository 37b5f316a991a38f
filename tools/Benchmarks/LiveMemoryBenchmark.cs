using System.Diagnostics;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// Whether a session grows: live bytes after collection, at the start and after each tenth of a long stream of clips, 1.5 s of silence after each, written as fast as it is
/// recognised. Options: those of <see cref="LiveClips"/>, --hours 1.
/// </summary>
internal static class LiveMemoryBenchmark
{
    public static int Run(string[] args)
    {
        RunAsync(args).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task RunAsync(string[] args)
    {
        await using LiveClips live = LiveClips.Load(args);
        await RunAsync(live, double.Parse(TranscribeBenchmark.Option(args, "--hours", "1"))).ConfigureAwait(false);
    }

    private static async Task RunAsync(LiveClips live, double hours)
    {
        await using RecognitionSession session = live.Recognizer.StartSession(live.Options);
        Task<int> reading = CountAsync(session);
        float[] pause = new float[live.Rate * 3 / 2];
        double next = 0.05, start = 0, first = 0;
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; session.Position.TotalHours < hours + 0.05; i++)
        {
            await session.WriteAsync(live.Clips[i % live.Clips.Count].Samples).ConfigureAwait(false);
            await session.WriteAsync(pause).ConfigureAwait(false);
            if (session.Position.TotalHours < next)
                continue;
            await session.EndUtteranceAsync().ConfigureAwait(false);
            for (int pass = 0; pass < 3; pass++)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            double bytes = GC.GetTotalMemory(forceFullCollection: true);
            first = start == 0 ? bytes : first;
            start = 1;
            Console.WriteLine($"{session.Position.TotalHours,6:F2} h   {bytes / 1e6,8:F2} MB live   {(bytes - first) / 1e6,7:F2} MB more than at the start");
            next += hours / 10;
        }

        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await session.CompleteAsync().ConfigureAwait(false);
        Console.WriteLine($"{await reading.ConfigureAwait(false)} final texts, {session.Position.TotalSeconds / seconds:F0} times faster than the sound");
    }

    private static async Task<int> CountAsync(RecognitionSession session)
    {
        int finals = 0;
        await foreach (TranscriptUpdate update in session.Updates.ConfigureAwait(false))
            finals += update.IsFinal ? 1 : 0;
        return finals;
    }
}
