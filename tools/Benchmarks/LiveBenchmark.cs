using System.Diagnostics;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// A live stream of the clips of a manifest or store. Options: --manifest FILE (audio-samples/manifest.tsv) --only-corpus NAME,NAME --model DIR (models/commands) --threads 2
/// --clips 40 --repeats 20 --hours 0. It prints
/// (1) end marker: from the end of a stream of 10 s (clips joined, cut as one utterance would be) that was written at once to its final text;
/// (2) end of speech: how much more of the stream is heard from the last loud 10 ms of a clip to the text that will be the final one, and to the final one itself;
/// (3) partial texts: how long a pass takes, words that change after they were shown (not in the longest common subsequence of an update and the next), word errors of the text
/// that stands 1 s after each word and of the final one;
/// (4) with --hours: live bytes after each tenth.
/// </summary>
internal static class LiveBenchmark
{
    private const int Chunk = 320;

    public static int Run(string[] args)
    {
        RunAsync(args).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task RunAsync(string[] args)
    {
        string repository = PublishedProgram.Repository();
        string manifest = TranscribeBenchmark.Option(args, "--manifest", Path.Combine(repository, "audio-samples", "manifest.tsv"));
        string only = TranscribeBenchmark.Option(args, "--only-corpus", "");
        int count = int.Parse(TranscribeBenchmark.Option(args, "--clips", "40")), repeats = int.Parse(TranscribeBenchmark.Option(args, "--repeats", "20"));
        double hours = double.Parse(TranscribeBenchmark.Option(args, "--hours", "0"));
        await using Recognizer recognizer = Recognizer.Load(
            TranscribeBenchmark.Option(args, "--model", Path.Combine(repository, "models", "commands")), int.Parse(TranscribeBenchmark.Option(args, "--threads", "2")));
        int rate = recognizer.Model.FrontEnd.SampleRate;
        using ISpeechCorpus corpus = SpeechCorpus.Open(manifest, new PackOptions { SampleRate = rate, Filter = new CorpusFilter { OnlyCorpora = only.Length > 0 ? only.Split(',') : [] } });
        List<(float[] Samples, string Text)> clips = [];
        for (int i = 0; i < Math.Min(count, corpus.Count); i++)
        {
            using SampleBuffer samples = corpus.ReadSamples(i);
            clips.Add((samples.Span.ToArray(), corpus[i].Text));
        }

        Console.WriteLine($"{clips.Count} clips, {clips.Sum(c => c.Samples.Length) / (double)rate:F0} s");
        if (hours > 0)
        {
            await MemoryAsync(recognizer, clips, hours, rate).ConfigureAwait(false);
            return;
        }

        await EndMarkerAsync(recognizer, clips, repeats, rate).ConfigureAwait(false);
        await StreamsAsync(recognizer, clips, rate).ConfigureAwait(false);
    }

    private static async Task EndMarkerAsync(Recognizer recognizer, List<(float[] Samples, string Text)> clips, int repeats, int rate)
    {
        float[] all = [.. clips.SelectMany(c => c.Samples)];
        int length = Math.Min(10 * rate, all.Length);
        List<double> waits = [];
        for (int i = 0; i < repeats; i++)
        {
            int start = (int)((long)(all.Length - length) * i / Math.Max(1, repeats - 1));
            await using RecognitionSession session = recognizer.StartSession(new SessionOptions { SampleRate = rate, Segmentation = Segmentation.Whole });
            for (int at = 0; at < length; at += 10 * Chunk)
                await session.WriteAsync(all.AsMemory(start + at, Math.Min(10 * Chunk, length - at))).ConfigureAwait(false);
            long then = Stopwatch.GetTimestamp();
            await session.CompleteAsync().ConfigureAwait(false);
            waits.Add(Stopwatch.GetElapsedTime(then).TotalMilliseconds);
        }

        Print($"end marker to final text, {length / (double)rate:F0} s utterances", waits, "ms");
    }

    private static async Task StreamsAsync(Recognizer recognizer, List<(float[] Samples, string Text)> clips, int rate)
    {
        TextNormaliser normaliser = new(recognizer.Model.Alphabet);
        List<double> early = [], final = [], passes = [];
        long shown = 0, changed = 0;
        EvaluationReport then = new(), last = new();
        int number = 0;
        foreach ((float[] samples, string text) in clips)
        {
            List<(double Heard, TranscriptUpdate Update)> updates = await ListenAsync(recognizer, samples, rate, passes).ConfigureAwait(false);
            double end = EndOfSpeech(samples, rate);
            TranscriptUpdate[] finals = [.. updates.Where(u => u.Update.IsFinal).Select(u => u.Update)];
            foreach (IGrouping<int, (double Heard, TranscriptUpdate Update)> utterance in updates.GroupBy(u => u.Update.Utterance))
            {
                string[] before = [];
                foreach ((_, TranscriptUpdate update) in utterance)
                {
                    string[] words = [.. update.Words.Select(w => w.Text)];
                    int common = Common(before, words);
                    shown += words.Length - common;
                    changed += before.Length - common;
                    before = words;
                }
            }

            if (finals.Length > 0)
            {
                (double heard, TranscriptUpdate closing) = updates.Last(u => u.Update.IsFinal);
                final.Add(heard - end);
                double seen = updates.Where(u => u.Update.Utterance == closing.Utterance && u.Update.Text == closing.Text).Min(u => u.Heard);
                early.Add(seen - end);
            }

            string reference = normaliser.Normalise(text).Text, name = $"{number++}";
            last.Add(name, reference, normaliser.Normalise(string.Join(' ', finals.Select(f => f.Text))).Text);
            then.Add(name, reference, normaliser.Normalise(string.Join(' ', finals.SelectMany(f => f.Words).Select(w => ShownAt(updates, w)))).Text);
        }

        Print("end of speech to the text that will be final, in the stream", early, "s");
        Print("end of speech to the final text, in the stream", final, "s");
        Print("20 ms of sound in which a partial pass ran", passes, "ms");
        Console.WriteLine($"words shown {shown}, changed later {changed}: {100.0 * changed / Math.Max(1, shown):F1} %");
        Console.WriteLine($"word error rate     1 s after each word {100 * then.Total.WordErrorRate:F2} %   final {100 * last.Total.WordErrorRate:F2} %");
    }

    /// <summary>Every update of a clip with 1.5 s of near silence behind it, and how many seconds had been heard when it came.</summary>
    private static async Task<List<(double, TranscriptUpdate)>> ListenAsync(Recognizer recognizer, float[] samples, int rate, List<double> passes)
    {
        await using RecognitionSession session = recognizer.StartSession(new SessionOptions { SampleRate = rate, EveryPartial = true });
        float[] stream = new float[samples.Length + (3 * rate / 2)];
        Random random = new(1);
        for (int i = 0; i < stream.Length; i++)
            stream[i] = (i < samples.Length ? samples[i] : 0) + (1e-4f * ((2 * random.NextSingle()) - 1));
        List<(double, TranscriptUpdate)> updates = [];
        double heard = 0;
        Task reading = ReadAsync();
        for (int at = 0; at < stream.Length; at += Chunk)
        {
            int before = updates.Count;
            long then = Stopwatch.GetTimestamp();
            int count = Math.Min(Chunk, stream.Length - at);
            Volatile.Write(ref heard, (at + count) / (double)rate);
            await session.WriteAsync(stream.AsMemory(at, count)).ConfigureAwait(false);
            double wait = Stopwatch.GetElapsedTime(then).TotalMilliseconds;
            await Task.Yield();
            if (updates.Count > before && !updates[^1].Item2.IsFinal)
                passes.Add(wait);
        }

        await session.CompleteAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        return updates;

        async Task ReadAsync()
        {
            await foreach (TranscriptUpdate update in session.Updates.ConfigureAwait(false))
                updates.Add((Volatile.Read(ref heard), update));
        }
    }

    /// <summary>The word that stood where a final word is, one second of the stream after its end.</summary>
    private static string ShownAt(List<(double Heard, TranscriptUpdate Update)> updates, TranscriptWord word)
    {
        double middle = (word.Start + word.End).TotalSeconds / 2, limit = word.End.TotalSeconds + 1;
        string text = "";
        foreach ((double heard, TranscriptUpdate update) in updates)
        {
            if (heard > limit || update.Start > word.Start)
                continue;
            TranscriptWord? there = update.Words.MinBy(w => Math.Abs(((w.Start + w.End).TotalSeconds / 2) - middle));
            text = there is not null && there.Start.TotalSeconds - 0.1 <= middle && middle <= there.End.TotalSeconds + 0.1 ? there.Text : "";
        }

        return text;
    }

    private static double EndOfSpeech(float[] samples, int rate)
    {
        int block = rate / 100, last = 0;
        double loudest = 0;
        double[] levels = new double[samples.Length / block];
        for (int b = 0; b < levels.Length; b++)
        {
            foreach (float x in samples.AsSpan(b * block, block))
                levels[b] += (double)x * x;
            loudest = Math.Max(loudest, levels[b]);
        }

        for (int b = 0; b < levels.Length; b++)
            last = levels[b] > loudest * Math.Pow(10, -3.5) ? b + 1 : last;
        return last / 100.0;
    }

    private static int Common(string[] a, string[] b)
    {
        int[,] length = new int[a.Length + 1, b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
                length[i, j] = a[i - 1] == b[j - 1] ? length[i - 1, j - 1] + 1 : Math.Max(length[i - 1, j], length[i, j - 1]);
        }

        return length[a.Length, b.Length];
    }

    private static async Task MemoryAsync(Recognizer recognizer, List<(float[] Samples, string Text)> clips, double hours, int rate)
    {
        await using RecognitionSession session = recognizer.StartSession(new SessionOptions { SampleRate = rate });
        Task<int> reading = CountAsync(session);
        float[] pause = new float[rate * 3 / 2];
        double next = 0.05, start = 0, first = 0;
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; session.Position.TotalHours < hours + 0.05; i++)
        {
            await session.WriteAsync(clips[i % clips.Count].Samples).ConfigureAwait(false);
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

    private static void Print(string what, List<double> values, string unit)
    {
        values.Sort();
        if (values.Count > 0)
            Console.WriteLine($"{what}: least {values[0]:F2}, median {values[values.Count / 2]:F2}, 90 % {values[values.Count * 9 / 10]:F2} {unit}");
    }
}
