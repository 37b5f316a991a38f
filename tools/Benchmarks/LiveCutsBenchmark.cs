using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// Whether chunks change final texts: the clips joined with 0.5 to 2 s of silence are streamed once in one piece and then in pieces of random sizes, from single samples
/// to seconds, with and without partial texts; texts, times and confidences must be the same bits. Options: those of <see cref="LiveClips"/>, --rounds 100 --seed 1.
/// </summary>
internal static class LiveCutsBenchmark
{
    public static int Run(string[] args) => RunAsync(args).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] args)
    {
        await using LiveClips live = LiveClips.Load(args);
        int rounds = int.Parse(TranscribeBenchmark.Option(args, "--rounds", "100")), different = 0;
        Random random = new(int.Parse(TranscribeBenchmark.Option(args, "--seed", "1")));
        List<float> joined = [];
        foreach ((float[] samples, _) in live.Clips)
        {
            joined.AddRange(samples);
            joined.AddRange(new float[live.Rate * random.Next(5, 20) / 10]);
        }

        float[] stream = [.. joined];
        List<string> whole = await FinalsAsync(live, stream, () => stream.Length, live.Options with { Partials = false }).ConfigureAwait(false);
        for (int round = 0; round < rounds; round++)
        {
            int largest = (int)Math.Pow(10, 1 + (4.5 * random.NextDouble()));
            SessionOptions options = live.Options with { Partials = round % 2 == 0, EagerFinals = round % 3 != 0, EveryPartial = round % 4 == 0 };
            different += whole.SequenceEqual(await FinalsAsync(live, stream, () => random.Next(1, largest + 1), options).ConfigureAwait(false)) ? 0 : 1;
        }

        Console.WriteLine($"{whole.Count} utterances in {stream.Length / (double)live.Rate:F0} s, {rounds} random ways to cut the stream: {different} gave other final texts, times or confidences");
        return different == 0 ? 0 : 1;
    }

    private static async Task<List<string>> FinalsAsync(LiveClips live, float[] stream, Func<int> size, SessionOptions options)
    {
        await using RecognitionSession session = live.Recognizer.StartSession(options);
        Task<List<string>> reading = ReadAsync(session);
        for (int at = 0; at < stream.Length;)
        {
            int count = Math.Min(size(), stream.Length - at);
            await session.WriteAsync(stream.AsMemory(at, count)).ConfigureAwait(false);
            at += count;
        }

        await session.CompleteAsync().ConfigureAwait(false);
        return await reading.ConfigureAwait(false);
    }

    private static async Task<List<string>> ReadAsync(RecognitionSession session)
    {
        List<string> finals = [];
        await foreach (TranscriptUpdate update in session.Updates.ConfigureAwait(false))
        {
            if (update.IsFinal)
                finals.Add($"{update.Utterance} {update.Start.Ticks} {update.End.Ticks} {string.Join(' ', update.Words.Select(w => $"{w.Text} {w.Start.Ticks} {w.End.Ticks} {w.Confidence:R}"))}");
        }

        return finals;
    }
}
