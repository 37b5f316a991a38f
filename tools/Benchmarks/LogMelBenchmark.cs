using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DeepSpeechNet.Audio.FftSharp;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Audio.Processing.Lanes;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// Log-mel features of ten minutes of noise on one thread, 80 bands, windows of 25 ms every 10 ms: times real time, the best of
/// many repeats. With <c>--peer PATH</c>, a Python script that prints one JSON line a feature (fields "peer", "feature",
/// "x_realtime"), the two take turns and the ratio is printed; few minutes and many repeats give steadier figures on a busy
/// machine. Options: <c>--minutes M</c> (10), <c>--repeats N</c> (15), <c>--python PROGRAM</c> (python3), <c>--widths</c> (every
/// vector width of this processor), <c>--fourier NAME</c> (every feature with another transform: <c>single</c>, ours frame by frame, or <c>fftsharp</c>).
/// Below it the parts that can be exchanged stand side by side, ours beside FftSharp's and NAudio's in a build with the optional packages: the front end with
/// each Fourier transform, the transform alone, and the reading of a WAV file of the same ten minutes.
/// </summary>
internal static class LogMelBenchmark
{
    public static int Run(string[] args)
    {
        double minutes = double.Parse(Option(args, "--minutes") ?? "10", CultureInfo.InvariantCulture);
        int repeats = int.Parse(Option(args, "--repeats") ?? "15", CultureInfo.InvariantCulture);
        string? peer = Option(args, "--peer");
        float[] samples = Noise((int)(minutes * 60 * 16000));
        FrontEndOptions plain = new() { Normalisation = FeatureNormalisation.None };
        Func<int, IFourierTransform>? fourier = Fourier(Option(args, "--fourier"));
        Case[] cases =
        [
            new("logmel80", plain, 0, fourier),
            new("logspec257", plain with { Feature = FeatureKind.LogSpectrogram }, 0, fourier),
            new("logmel80 as Kaldi", FrontEndOptions.Kaldi, 0, fourier),
            new("logmel80 normalised", plain with { Normalisation = FeatureNormalisation.PerUtterance }, 0, fourier),
            new("mfcc13 with deltas", plain with { Feature = FeatureKind.Mfcc, Deltas = 2 }, 0, fourier),
        ];
        if (args.Contains("--widths"))
            cases = [.. cases, .. FrameKernel.Widths().Select(w => new Case($"logmel80, {w} bits", plain, w, null))];
        Case[] exchanged = [new("logmel80, built-in", plain, 0, null), new("logmel80, single", plain, 0, Fourier("single"))];
        if (FftSharpPackage.Unavailable is null)
            exchanged = [.. exchanged, new("logmel80, FftSharp", plain, 0, Fourier("fftsharp"))];

        Dictionary<string, double> peerBest = new(StringComparer.Ordinal);
        for (int round = 0; round < 3; round++)
        {
            foreach (Case one in cases.Concat(exchanged))
                one.Measure(samples, (repeats + 2) / 3);
            if (peer is not null)
                AskPeer(Option(args, "--python") ?? "python3", peer, minutes, (repeats + 2) / 3, peerBest);
        }

        foreach (Case one in cases)
        {
            double speed = minutes * 60 / one.Best;
            string line = $"{one.Name,-22} {speed,8:F0} x real time";
            if (peerBest.TryGetValue(one.Name, out double theirs))
                line += $"   peer {theirs,8:F0} x   ratio {speed / theirs:F2}";
            Console.WriteLine(line);
        }

        Console.WriteLine();
        foreach (Case one in exchanged)
            Console.WriteLine($"{one.Name,-22} {minutes * 60 / one.Best,8:F0} x real time   {one.Best / exchanged[0].Best,6:F2} x the time of the built-in one");
        PartsBenchmark.Transforms();
        PartsBenchmark.Readers(samples, repeats);
        return 0;
    }

    private static Func<int, IFourierTransform>? Fourier(string? name) => name switch
    {
        null or "built-in" => null,
        "single" => length => new RealFourierTransform(length),
        "fftsharp" => FftSharpPackage.Unavailable is { } missing ? throw new ArgumentException(missing) : FftSharpPackage.Create,
        _ => throw new ArgumentException($"--fourier is '{name}'; it must be built-in, single or fftsharp."),
    };

    private static void AskPeer(string python, string script, double minutes, int repeats, Dictionary<string, double> best)
    {
        ProcessStartInfo start = new(python) { RedirectStandardOutput = true };
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(minutes.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(repeats.ToString(CultureInfo.InvariantCulture));
        using Process? process = Process.Start(start);
        while (process?.StandardOutput.ReadLine() is string line)
        {
            using JsonDocument json = JsonDocument.Parse(line);
            string feature = json.RootElement.GetProperty("feature").GetString() ?? "";
            best[feature] = Math.Max(best.GetValueOrDefault(feature), json.RootElement.GetProperty("x_realtime").GetDouble());
        }

        process?.WaitForExit();
    }

    private static string? Option(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static float[] Noise(int count)
    {
        Random random = new(0);
        float[] samples = new float[count];
        foreach (ref float x in samples.AsSpan())
            x = ((float)random.NextDouble() - 0.5f) * 0.1f;
        return samples;
    }

    private sealed class Case(string name, FrontEndOptions options, int width, Func<int, IFourierTransform>? fourier)
    {
        private readonly FeatureExtractor _extractor = fourier is null ? new(options, null, width) : new(options, fourier);
        private float[]? _frames;

        public string Name => name;

        /// <summary>The shortest time so far in seconds.</summary>
        public double Best { get; private set; } = double.PositiveInfinity;

        public void Measure(float[] samples, int repeats)
        {
            // Pieces of ten seconds, as the peer has them, into one place: what is timed is the features, not memory.
            int piece = 16000 * 10;
            _frames ??= new float[_extractor.FrameCount(piece + 240) * _extractor.FeatureCount];
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int at = 0; at < samples.Length; at += piece)
                    _extractor.Compute(samples.AsSpan(at, Math.Min(piece + 240, samples.Length - at)), _frames);
                Best = Math.Min(Best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
    }
}
