using System.Diagnostics;
using DeepSpeechNet.Audio.FftSharp;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.NAudio;
using DeepSpeechNet.Audio.NAudio.Files;
using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Benchmarks;

/// <summary>Parts of the front end that optional packages have as well, side by side: the best of many repeats, which take turns.</summary>
internal static class PartsBenchmark
{
    /// <summary>The Fourier transform of 512 real samples, one at a time: its time, and its largest error against double precision relative to the largest value.</summary>
    public static void Transforms()
    {
        const int Length = 512, Calls = 2000, Rounds = 40;
        Random random = new(1);
        float[] signal = new float[Length], real = new float[(Length / 2) + 1], imaginary = new float[(Length / 2) + 1];
        foreach (ref float x in signal.AsSpan())
            x = (2 * random.NextSingle()) - 1;
        List<(string Name, IFourierTransform Transform)> transforms = [("built-in, single", new RealFourierTransform(Length))];
        if (FftSharpPackage.Unavailable is null)
            transforms.Add(("FftSharp", FftSharpPackage.Create(Length)));
        double[] best = new double[transforms.Count];
        Array.Fill(best, double.PositiveInfinity);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < best.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int call = 0; call < Calls; call++)
                    transforms[i].Transform.Forward(signal, real, imaginary);
                best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(start).TotalNanoseconds / Calls);
            }
        }

        Console.WriteLine();
        for (int i = 0; i < best.Length; i++)
        {
            transforms[i].Transform.Forward(signal, real, imaginary);
            Console.WriteLine($"Fourier 512, {transforms[i].Name,-17} {best[i],8:F0} ns   {best[i] / best[0],6:F2} x   error {Error(signal, real, imaginary):G2}");
        }

        if (FftSharpPackage.Unavailable is { } missing)
            Console.WriteLine($"Fourier 512, FftSharp: {missing}");
    }

    /// <summary>Reading the samples from a WAV file of 16 bits in memory: samples a microsecond, and whether all readers give the same ones.</summary>
    public static void Readers(float[] samples, int repeats)
    {
        using MemoryStream file = new();
        using (WavWriter writer = new(file, 16000))
            writer.Write(samples);
        List<(string Name, AudioReadOptions Options)> readers = [("built-in", AudioReadOptions.Default)];
        if (NAudioPackage.Unavailable is null)
            readers.Add(("NAudio", new AudioReadOptions { Decoders = [new NAudioDecoder()], DecodersFirst = true }));
        double[] best = new double[readers.Count];
        Array.Fill(best, double.PositiveInfinity);
        float[]? first = null;
        bool same = true;
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            for (int i = 0; i < best.Length; i++)
            {
                file.Position = 0;
                long start = Stopwatch.GetTimestamp();
                float[] read = AudioFile.ReadMono(file, "benchmark", 16000, readers[i].Options).Samples;
                best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                first ??= read;
                same &= read.AsSpan().SequenceEqual(first);
            }
        }

        Console.WriteLine();
        for (int i = 0; i < best.Length; i++)
            Console.WriteLine($"read WAV, {readers[i].Name,-14} {samples.Length / best[i],8:F0} samples a microsecond   {best[i] / best[0],6:F2} x the time   {(same ? "same samples" : "OTHER SAMPLES")}");
        if (NAudioPackage.Unavailable is { } missing)
            Console.WriteLine($"read WAV, NAudio: {missing}");
    }

    private static double Error(float[] signal, float[] real, float[] imaginary)
    {
        double worst = 0, largest = 0;
        for (int k = 0; k < real.Length; k++)
        {
            double re = 0, im = 0;
            for (int n = 0; n < signal.Length; n++)
            {
                (double sine, double cosine) = Math.SinCos(2 * Math.PI * (k * n % signal.Length) / signal.Length);
                re += signal[n] * cosine;
                im -= signal[n] * sine;
            }

            worst = Math.Max(worst, Math.Max(Math.Abs(re - real[k]), Math.Abs(im - imaginary[k])));
            largest = Math.Max(largest, Math.Sqrt((re * re) + (im * im)));
        }

        return worst / largest;
    }
}
