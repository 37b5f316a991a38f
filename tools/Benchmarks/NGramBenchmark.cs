using System.Diagnostics;
using System.IO.Compression;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// N-gram models from a text: time and memory of building, size, and queries a second on one thread, scoring the text's own sentences in
/// order with the words looked up beforehand; floats and 8 bits.
/// </summary>
/// <remarks>
/// <c>ngram TEXT [--order N]</c>: without an order, 3 and 5. The text may be packed by gzip; its first nineteen twentieths are built from,
/// the last twentieth is scored.
/// </remarks>
internal static class NGramBenchmark
{
    private const int Repeats = 15, Block = 50;

    public static int Run(string[] args)
    {
        if (args.Length == 0)
        {
            Console.Error.WriteLine("usage: ngram TEXT [--order N]");
            return 2;
        }

        Arguments arguments = new(args);
        string[] lines = [.. Lines(args[0])];
        int held = lines.Length / 20;
        foreach (int order in arguments.Has("--order") ? [arguments.Integer("--order", 3)] : (int[])[3, 5])
        {
            long start = Stopwatch.GetTimestamp();
            TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
            NGramBuild build = NGramBuilder.Build(lines.Take(lines.Length - held), new NGramOptions { Order = order });
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, busy = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
            using NGramModel model = build.Model;
            Console.WriteLine($"order {order}: {build.Tokens:N0} words built in {seconds:F1} s ({busy:F1} s of processor time), {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB at most with the text itself; "
                + string.Join(", ", Enumerable.Range(1, order).Select(k => $"{model.Count(k):N0} {k}-grams")));
            int[][] sentences = [.. lines.Skip(lines.Length - held).Select(l => (int[])[.. model.Vocabulary.Encode(l), Vocabulary.End])];
            Query("floats", model, sentences);
            using NGramModel bytes = model.Compress(quantise: true);
            Query("8 bits", bytes, sentences);
        }

        return 0;
    }

    private static void Query(string name, NGramModel model, int[][] sentences)
    {
        // On a machine with other work a whole pass is never undisturbed, but blocks of a fraction of a millisecond are: each counts with its
        // quickest pass.
        double[] best = new double[(sentences.Length + Block - 1) / Block];
        Array.Fill(best, double.PositiveInfinity);
        double sum = 0;
        long count = sentences.Sum(s => (long)s.Length);
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            sum = 0;
            for (int b = 0; b < best.Length; b++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = b * Block; i < Math.Min((b + 1) * Block, sentences.Length); i++) sum += Score(model, sentences[i]);
                best[b] = Math.Min(best[b], Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        Console.WriteLine($"  {name}: {model.SizeInBytes / 1e6:F1} MB, {count / best.Sum() / 1e6:F2} million queries a second, perplexity {Math.Exp(-sum / count):F3}");
    }

    private static double Score(NGramModel model, int[] sentence)
    {
        NGramState state = model.Begin;
        double sum = 0;
        foreach (int word in sentence)
        {
            sum += model.Score(state, word, out NGramState next);
            state = next;
        }

        return sum;
    }

    private static IEnumerable<string> Lines(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line) yield return line;
    }
}
