using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// How well the segmenter's detectors tell speech from background. Options: --speech FOLDER (clips recorded in quiet rooms, searched for .wav, .flac and .ogg)
/// --noise FOLDER --clips 120 --seed 1. Clips are laid 2 s apart over each noise, at levels of the clip over the noise; what is speech is what lies
/// within 35 dB of a clean clip's loudest 10 ms, gaps of up to 200 ms included. Missed: speech blocks not found. False: blocks further than 0.3 s from speech that
/// were taken for it. Lost: clips none of which was found. The noises alone follow: the share of blocks taken for speech and segments with speech a minute.
/// </summary>
internal static class VoiceActivityBenchmark
{
    private const int Rate = 16000, Block = 160, Margin = 30;

    public static int Run(string[] args)
    {
        string speech = Option(args, "--speech", "audio-samples"), noise = Option(args, "--noise", "");
        int count = int.Parse(Option(args, "--clips", "120"));
        Random random = new(int.Parse(Option(args, "--seed", "1")));
        string[] files = Files(speech);
        random.Shuffle(files);
        List<float[]> clips = [.. files.Take(count).Select(f => AudioFile.ReadMono(f, Rate).Samples)];
        List<(string Name, float[] Samples)> noises = [.. noise.Length == 0 ? [] : Files(noise).Select(f => (Path.GetFileNameWithoutExtension(f), AudioFile.ReadMono(f, Rate).Samples))];
        foreach ((string name, float deviation, double hertz) in new[] { ("white -60 dB", 0.001f, 0.0), ("hum 50 Hz", 0.0003f, 50), ("hum 120 Hz", 0.0003f, 120) })
            noises.Insert(0, (name, Synthetic(deviation, hertz)));

        Console.WriteLine($"{clips.Count} clips, {clips.Sum(c => c.Length) / (60.0 * Rate):F1} minutes");
        Console.WriteLine("                                         likelihood                      loudness");
        Console.WriteLine("background                       dB    missed   false    lost      missed   false    lost");
        foreach (double decibels in new[] { 20.0, 10, 5, 0 })
        {
            Score[] all = [new(), new()];
            foreach ((string name, float[] samples) in noises)
            {
                (float[] mixed, bool[] truth, List<(int, int)> places) = Mix(clips, samples, decibels);
                Score[] scores = [Judge(mixed, truth, places, SpeechDetectorKind.Likelihood), Judge(mixed, truth, places, SpeechDetectorKind.Loudness)];
                for (int i = 0; i < 2; i++)
                    all[i] = all[i].Plus(scores[i]);
                if (args.Contains("--each"))
                    Console.WriteLine($"{name,-32} {decibels,3}   {scores[0]}     {scores[1]}");
            }

            Console.WriteLine($"{"all",-32} {decibels,3}   {all[0]}     {all[1]}");
        }

        Console.WriteLine();
        Console.WriteLine("noise alone                   seconds   speech  a minute    speech  a minute");
        foreach ((string name, float[] samples) in noises)
        {
            string[] cells = [.. new[] { SpeechDetectorKind.Likelihood, SpeechDetectorKind.Loudness }.Select(kind =>
            {
                (bool[] found, int segments) = Detect(samples, kind);
                return $"{100.0 * found.Count(f => f) / found.Length,6:F1} %    {segments * 60.0 * Rate / samples.Length,6:F1}";
            })];
            Console.WriteLine($"{name,-30} {samples.Length / (double)Rate,6:F0}  {string.Join("  ", cells)}");
        }

        return 0;
    }

    private static string[] Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".wav" or ".flac" or ".ogg" or ".opus").Order(StringComparer.Ordinal)];

    private static float[] Synthetic(float deviation, double hertz)
    {
        Random random = new(7);
        float[] samples = new float[60 * Rate];
        for (int n = 0; n < samples.Length; n++)
        {
            samples[n] = deviation * MathF.Sqrt(3) * ((2 * random.NextSingle()) - 1);
            for (int k = 1; hertz > 0 && k <= 5; k++)
                samples[n] += (float)(0.03 / k * Math.Sin(2 * Math.PI * k * hertz * n / Rate));
        }

        return samples;
    }

    private static (float[] Mixed, bool[] Truth, List<(int First, int Last)> Places) Mix(List<float[]> clips, float[] noise, double decibels)
    {
        int length = clips.Sum(c => c.Length + (2 * Rate)) + (2 * Rate);
        float[] mixed = new float[length];
        for (int n = 0; n < length; n++)
            mixed[n] = noise[n % noise.Length];
        double background = Power(noise);
        bool[] truth = new bool[length / Block];
        List<(int, int)> places = [];
        int at = 2 * Rate;
        foreach (float[] clip in clips)
        {
            bool[] spoken = Spoken(clip);
            double power = 0;
            int blocks = 0;
            for (int b = 0; b < spoken.Length; b++)
            {
                truth[(at / Block) + b] = spoken[b];
                power += spoken[b] ? Power(clip.AsSpan(b * Block, Block)) : 0;
                blocks += spoken[b] ? 1 : 0;
            }

            float gain = (float)Math.Sqrt(background * Math.Pow(10, decibels / 10) * Math.Max(1, blocks) / Math.Max(power, 1e-12));
            for (int n = 0; n < clip.Length; n++)
                mixed[at + n] += gain * clip[n];
            places.Add((at / Block, (at + clip.Length) / Block));
            at += (clip.Length + (2 * Rate)) / Block * Block;
        }

        return (mixed, truth, places);
    }

    private static bool[] Spoken(float[] clip)
    {
        double[] levels = new double[clip.Length / Block];
        for (int b = 0; b < levels.Length; b++)
            levels[b] = Power(clip.AsSpan(b * Block, Block));
        double threshold = levels.DefaultIfEmpty().Max() * Math.Pow(10, -3.5);
        bool[] spoken = [.. levels.Select(level => level > threshold)];
        int last = -1;
        for (int b = 0; b < spoken.Length; b++)
        {
            if (!spoken[b])
                continue;
            if (last >= 0 && b - last <= 20)
                spoken.AsSpan(last, b - last).Fill(true);
            last = b;
        }

        return spoken;
    }

    private static double Power(ReadOnlySpan<float> samples)
    {
        double sum = 0, mean = 0;
        foreach (float x in samples)
        {
            sum += (double)x * x;
            mean += x;
        }

        mean /= samples.Length;
        return (sum / samples.Length) - (mean * mean);
    }

    private static Score Judge(float[] mixed, bool[] truth, List<(int First, int Last)> places, SpeechDetectorKind kind)
    {
        (bool[] found, _) = Detect(mixed, kind);
        Score score = new();
        int near = -Margin - 1;
        bool[] close = new bool[truth.Length];
        for (int pass = 0; pass < 2; pass++)
        {
            near = -Margin - 1;
            for (int i = 0; i < truth.Length; i++)
            {
                int b = pass == 0 ? i : truth.Length - 1 - i;
                near = truth[b] ? i : near;
                close[b] |= i - near <= Margin;
            }
        }

        for (int b = 0; b < Math.Min(truth.Length, found.Length); b++)
        {
            score.Speech += truth[b] ? 1 : 0;
            score.Missed += truth[b] && !found[b] ? 1 : 0;
            score.Background += close[b] ? 0 : 1;
            score.False += !close[b] && found[b] ? 1 : 0;
        }

        score.Clips = places.Count;
        score.Lost = places.Count(p => !found.AsSpan(p.First, Math.Min(p.Last, found.Length) - p.First).Contains(true));
        return score;
    }

    /// <summary>What the segmenter takes for speech, gaps within 200 ms included, and how many segments hold speech.</summary>
    private static (bool[] Found, int Segments) Detect(float[] samples, SpeechDetectorKind kind)
    {
        SpeechSegmenterOptions options = new() { Detector = kind };
        ISpeechDetector detector = kind == SpeechDetectorKind.Loudness ? new VoiceActivity(options) : new SpeechDetector(options, Rate);
        bool[] found = new bool[samples.Length / Block];
        int last = -1000;
        for (int b = 0; b < found.Length; b++)
        {
            detector.Hear(samples.AsSpan(b * Block, Block), out int speech);
            for (int i = 0; i < speech && b - i >= 0; i++)
                found[b - i] = true;
            if (speech > 0 && b - last <= 20)
                found.AsSpan(last, b - last).Fill(true);
            last = speech > 0 ? b : last;
        }

        SpeechSegmenter segmenter = new(options, Rate);
        segmenter.Write(samples);
        segmenter.Complete();
        int segments = 0;
        while (segmenter.TryRead(out SpeechSegment segment))
            segments += segment.HasSpeech ? 1 : 0;
        return (found, segments);
    }

    private static string Option(string[] args, string name, string otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at < 0 ? otherwise : at + 1 < args.Length ? args[at + 1] : throw new ArgumentException($"{name} needs a value.");
    }

    private record struct Score(long Speech, long Missed, long Background, long False, int Clips, int Lost)
    {
        public readonly Score Plus(Score other) =>
            new(Speech + other.Speech, Missed + other.Missed, Background + other.Background, False + other.False, Clips + other.Clips, Lost + other.Lost);

        public override readonly string ToString() =>
            $"{100.0 * Missed / Math.Max(1, Speech),5:F1} %  {100.0 * False / Math.Max(1, Background),5:F1} %  {100.0 * Lost / Math.Max(1, Clips),4:F1} %";
    }
}
