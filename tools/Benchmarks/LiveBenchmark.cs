using System.Diagnostics;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// A live stream of clips. Options: those of <see cref="LiveClips"/>, --repeats 20, --tentative, --errors (clips whose text 1 s after each word has an error). It prints
/// (1) end marker: from the end of a stream of 10 s (clips joined, one utterance) that was written at once to its final text;
/// (2) end of speech: how much more of the stream is heard from the last loud 10 ms of a clip to the text that will be the final one, and to the final one itself;
/// (3) partial texts: how long a pass takes; how long after a word's end, heard in real time, a text shows it; words that change after they were shown (not in the longest common
/// subsequence of an update and the next); word errors of the text that stands 1 s and 2 s after each word and of the final one.
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
        await using LiveClips live = LiveClips.Load(args);
        int repeats = int.Parse(TranscribeBenchmark.Option(args, "--repeats", "20"));
        if (repeats > 0)
            await EndMarkerAsync(live, repeats).ConfigureAwait(false);
        await StreamsAsync(live, live.Options with { EveryPartial = true, TentativeWords = args.Contains("--tentative") }, args.Contains("--errors")).ConfigureAwait(false);
    }

    private static async Task EndMarkerAsync(LiveClips live, int repeats)
    {
        int rate = live.Rate;
        float[] all = [.. live.Clips.SelectMany(c => c.Samples)];
        int length = Math.Min(10 * rate, all.Length);
        List<double> waits = [];
        for (int i = 0; i < repeats; i++)
        {
            int start = (int)((long)(all.Length - length) * i / Math.Max(1, repeats - 1));
            await using RecognitionSession session = live.Recognizer.StartSession(live.Options with { Segmentation = Segmentation.Whole });
            for (int at = 0; at < length; at += 10 * Chunk)
                await session.WriteAsync(all.AsMemory(start + at, Math.Min(10 * Chunk, length - at))).ConfigureAwait(false);
            long then = Stopwatch.GetTimestamp();
            await session.CompleteAsync().ConfigureAwait(false);
            waits.Add(Stopwatch.GetElapsedTime(then).TotalMilliseconds);
        }

        Print($"end marker to final text, {length / (double)rate:F0} s utterances", waits, "ms");
    }

    private static async Task StreamsAsync(LiveClips live, SessionOptions options, bool errors)
    {
        TextNormaliser normaliser = new(live.Recognizer.Model.Alphabet);
        List<double> early = [], final = [], passes = [], delays = [];
        int number = 0, shown = 0, changed = 0, never = 0;
        EvaluationReport one = new(), two = new(), last = new();
        foreach ((float[] samples, string text) in live.Clips)
        {
            List<Seen> updates = await ListenAsync(live, samples, options, passes).ConfigureAwait(false);
            double end = EndOfSpeech(samples, live.Rate);
            TranscriptUpdate[] finals = [.. updates.Where(u => u.Update.IsFinal).Select(u => u.Update)];
            foreach (IGrouping<int, Seen> utterance in updates.GroupBy(u => u.Update.Utterance))
            {
                string[] before = [];
                foreach (Seen seen in utterance)
                {
                    string[] words = [.. seen.Update.Words.Select(w => w.Text)];
                    int common = Common(before, words);
                    shown += words.Length - common;
                    changed += before.Length - common;
                    before = words;
                }
            }

            foreach (TranscriptWord word in finals.SelectMany(f => f.Words))
            {
                Seen? first = updates.FirstOrDefault(u => !u.Update.IsFinal && WordAt(u.Update, word) == word.Text);
                if (first is null)
                    never++;
                else
                    delays.Add(first.Heard + first.Worked - word.End.TotalSeconds);
            }

            if (finals.Length > 0)
            {
                Seen closing = updates.Last(u => u.Update.IsFinal);
                final.Add(closing.Heard - end);
                early.Add(updates.Where(u => u.Update.Utterance == closing.Update.Utterance && u.Update.Text == closing.Update.Text).Min(u => u.Heard) - end);
            }

            string reference = normaliser.Normalise(text).Text, name = $"{number++}";
            string said = normaliser.Normalise(string.Join(' ', finals.Select(f => f.Text))).Text, soon = TextAfter(1), later = TextAfter(2);
            one.Add(name, reference, soon);
            two.Add(name, reference, later);
            last.Add(name, reference, said);
            if (errors && soon != reference)
                Console.WriteLine($"clip {name}\n  text      {reference}\n  1 s after {soon}\n  2 s after {later}\n  final     {said}");

            string TextAfter(double seconds) =>
                normaliser.Normalise(string.Join(' ', finals.SelectMany(f => f.Words.Select(w => ShownAt(updates, f.Utterance, w, seconds))))).Text;
        }

        Print("end of speech to the text that will be final, in the stream", early, "s");
        Print("end of speech to the final text, in the stream", final, "s");
        Print("a partial pass, waited for", passes, "ms");
        Print("end of a word to the first partial text that shows it", delays, "s");
        Console.WriteLine($"words that no partial text showed {never} of {delays.Count + never}");
        Console.WriteLine($"words shown {shown}, changed later {changed}: {100.0 * changed / Math.Max(1, shown):F1} %");
        Console.WriteLine($"word error rate     1 s after each word {100 * one.Total.WordErrorRate:F2} %   2 s after each word {100 * two.Total.WordErrorRate:F2} %   final {100 * last.Total.WordErrorRate:F2} %");
    }

    /// <summary>Every update of a clip with 1.5 s of near silence behind it.</summary>
    private static async Task<List<Seen>> ListenAsync(LiveClips live, float[] samples, SessionOptions options, List<double> passes)
    {
        await using RecognitionSession session = live.Recognizer.StartSession(options);
        float[] stream = new float[samples.Length + (3 * live.Rate / 2)];
        Random random = new(1);
        for (int i = 0; i < stream.Length; i++)
            stream[i] = (i < samples.Length ? samples[i] : 0) + (1e-4f * ((2 * random.NextSingle()) - 1));
        List<Seen> updates = [];
        double heard = 0;
        int partials = 0;
        long written = Stopwatch.GetTimestamp();
        Task reading = ReadAsync();
        for (int at = 0; at < stream.Length; at += Chunk)
        {
            int before = partials, count = Math.Min(Chunk, stream.Length - at);
            Volatile.Write(ref heard, (at + count) / (double)live.Rate);
            Volatile.Write(ref written, Stopwatch.GetTimestamp());
            await session.WriteAsync(stream.AsMemory(at, count)).ConfigureAwait(false);
            double wait = Stopwatch.GetElapsedTime(written).TotalMilliseconds;
            await Task.Yield();
            if (Volatile.Read(ref partials) > before)
                passes.Add(wait);
        }

        await session.CompleteAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        return updates;

        async Task ReadAsync()
        {
            await foreach (TranscriptUpdate update in session.Updates.ConfigureAwait(false))
            {
                updates.Add(new Seen(Volatile.Read(ref heard), Stopwatch.GetElapsedTime(Volatile.Read(ref written)).TotalSeconds, update));
                if (!update.IsFinal)
                    Interlocked.Increment(ref partials);
            }
        }
    }

    /// <summary>The word that stood where a final word of an utterance is, so many seconds of the stream after its end.</summary>
    private static string ShownAt(List<Seen> updates, int utterance, TranscriptWord word, double later)
    {
        string text = "";
        foreach (Seen seen in updates)
        {
            if (seen.Heard <= word.End.TotalSeconds + later && seen.Update.Utterance == utterance)
                text = WordAt(seen.Update, word);
        }

        return text;
    }

    private static string WordAt(TranscriptUpdate update, TranscriptWord word)
    {
        double middle = (word.Start + word.End).TotalSeconds / 2;
        TranscriptWord? there = update.Words.MinBy(w => Math.Abs(((w.Start + w.End).TotalSeconds / 2) - middle));
        return there is not null && there.Start.TotalSeconds - 0.1 <= middle && middle <= there.End.TotalSeconds + 0.1 ? there.Text : "";
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

    private static void Print(string what, List<double> values, string unit)
    {
        values.Sort();
        if (values.Count > 0)
            Console.WriteLine($"{what}: least {values[0]:F2}, median {values[values.Count / 2]:F2}, 90 % {values[values.Count * 9 / 10]:F2}, 99 % {values[values.Count * 99 / 100]:F2} {unit}");
    }

    /// <summary>An update, how many seconds of the stream had been heard when it came, and how long after them.</summary>
    private sealed record Seen(double Heard, double Worked, TranscriptUpdate Update);
}
