using System.Runtime.InteropServices;
using System.Text;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// CTC decoding of synthetic posteriors, T=500, 29 classes, one thread: time per utterance (median over utterances of the
/// least of several repeats), error rates against the texts they were made from, and by how much pruning lowers the best score.
/// </summary>
/// <remarks>
/// <c>beam</c> makes its own inputs: random words laid out as a random CTC alignment, logits of noise N(0,1) plus a peak on the
/// right class of each frame, in two degrees of difficulty. <c>beam PREFIX</c> reads PREFIX.f64 (n x T x 29 doubles, softmax
/// rows, blank last), PREFIX.dim ("n T 29") and PREFIX.txt (one sentence a line). <c>--ngram FILE</c> adds a word n-gram model,
/// <c>--letters FILE</c> a character n-gram model and <c>--rnn PACKAGE</c> a neural model, weighted by <c>--alpha</c> and
/// <c>--beta</c>; <c>--beams</c> and <c>--prune TOP/MASS/MARGIN,...</c> choose the searches.
/// </remarks>
internal static class BeamBenchmark
{
    private const int Frames = 500;

    private static readonly string[] Words =
        ("the of and a to in he was that it his her with as had for she not at but on they him said which from all have were my this "
         + "so be you one there when been their who would what no if them an or up out by into more then could some like little very "
         + "about time down over after before never always through under again because house morning evening thought without between "
         + "another something nothing together afternoon window garden mother father brother sister letter winter summer captain").Split(' ');

    public static int Run(string[] args)
    {
        Arguments arguments = new(args);
        using BeamScorers scorers = BeamScorers.Of(arguments);
        if (args.Length > 0 && !args[0].StartsWith("--", StringComparison.Ordinal))
        {
            (float[][] given, string[] givenTexts) = Read(args[0]);
            Report(Path.GetFileName(args[0]), given, givenTexts, scorers, arguments);
            return 0;
        }

        foreach ((double noise, double peak) in new[] { (1.0, 11.0), (1.3, 8.0) })
        {
            Random random = new(0);
            string[] texts = new string[20];
            float[][] inputs = new float[20][];
            for (int n = 0; n < 20; n++)
            {
                texts[n] = Sentence(random);
                inputs[n] = Posteriors(random, texts[n], noise, peak);
            }

            Report($"noise {noise} peak {peak}", inputs, texts, scorers, arguments);
        }

        return 0;
    }

    private static void Report(string name, float[][] inputs, string[] texts, BeamScorers scorers, Arguments arguments)
    {
        Console.WriteLine($"{name}: {inputs.Length} utterances of {inputs[0].Length / 29} frames, processor time of one thread");
        Console.WriteLine("decoder                                           ms/utterance    CER %    WER %   score, worst by %");
        Measure("greedy", new GreedyDecoder(Alphabet.English), inputs, texts, null);
        int[] widths = [.. arguments.Text("--beams", "100,500").Split(',').Select(int.Parse)];
        foreach ((string model, IScorer? scorer) in scorers.All())
        {
            foreach (int width in widths)
            {
                // The search that gives up nothing is what the others are held against.
                double[] unpruned = Measure($"{model}beam {width}", new PrefixBeamDecoder(Alphabet.English, new PrefixBeamOptions { BeamWidth = width }, scorer), inputs, texts, null);
                foreach ((int top, double mass, double margin) in Prunings(arguments))
                {
                    PrefixBeamOptions options = new() { BeamWidth = width, TopClasses = top, CumulativeProbability = mass, ScoreMargin = margin };
                    Measure($"{model}beam {width}, top {top}, mass {mass}, margin {margin}", new PrefixBeamDecoder(Alphabet.English, options, scorer), inputs, texts, unpruned);
                }
            }
        }
    }

    private static IEnumerable<(int Top, double Mass, double Margin)> Prunings(Arguments arguments) =>
        arguments.Text("--prune", "10/0.99/inf,40/1/15,10/0.99/15").Split(',').Select(p => p.Split('/'))
            .Select(p => (int.Parse(p[0]), double.Parse(p[1]), p[2] == "inf" ? double.PositiveInfinity : double.Parse(p[2])));

    private static double[] Measure(string name, ICtcDecoder decoder, float[][] inputs, string[] texts, double[]? unpruned)
    {
        double[] times = new double[inputs.Length], scores = new double[inputs.Length];
        Array.Fill(times, double.PositiveInfinity);
        CharacterErrorRate letters = new();
        WordErrorRate words = new();
        double worst = 0;
        for (int repeat = 0; repeat < 3; repeat++)
        {
            for (int n = 0; n < inputs.Length; n++)
            {
                double start = ThreadClock.Milliseconds;
                decoder.Reset();
                decoder.Accept(inputs[n]);
                CtcHypothesis best = decoder.Finish()[0];
                times[n] = Math.Min(times[n], ThreadClock.Milliseconds - start);
                if (repeat > 0) continue;
                letters.Add(texts[n], best.Text);
                words.Add(texts[n], best.Text);
                scores[n] = best.Score;
                if (unpruned is not null) worst = Math.Max(worst, (unpruned[n] - best.Score) / Math.Abs(unpruned[n]));
            }
        }

        Array.Sort(times);
        string lost = unpruned is null ? "" : $"{100 * worst,9:F3}";
        Console.WriteLine($"{name,-48} {times[times.Length / 2],12:F3} {100 * letters.Rate,8:F2} {100 * words.Rate,8:F2} {lost}");
        return scores;
    }

    private static string Sentence(Random random)
    {
        StringBuilder text = new();
        while (text.Length < 0.22 * Frames) text.Append(text.Length == 0 ? "" : " ").Append(Words[random.Next(Words.Length)]);
        return text.ToString();
    }

    private static float[] Posteriors(Random random, string text, double noise, double peak)
    {
        const int Classes = 29;
        const int Blank = 28;
        List<int> labels = [];
        foreach (int label in Alphabet.English.Encode(text))
        {
            if (labels.Count > 0 && labels[^1] == label) labels.Add(Blank);
            labels.Add(label);
        }

        // The blanks fall anywhere between the labels.
        while (labels.Count < Frames) labels.Insert(random.Next(labels.Count + 1), Blank);
        float[] values = new float[Frames * Classes];
        double[] row = new double[Classes];
        for (int t = 0; t < Frames; t++)
        {
            for (int c = 0; c < Classes; c++) row[c] = noise * Gaussian(random);
            row[Blank] += 1;
            row[labels[t]] += peak * (0.35 + (0.65 * random.NextDouble()));
            double sum = row.Sum(Math.Exp);
            for (int c = 0; c < Classes; c++) values[(t * Classes) + c] = (float)(row[c] - Math.Log(sum));
        }

        return values;
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static (float[][] Inputs, string[] Texts) Read(string prefix)
    {
        int[] sizes = [.. File.ReadAllText(prefix + ".dim").Split(' ', StringSplitOptions.TrimEntries).Select(int.Parse)];
        ReadOnlySpan<double> all = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(prefix + ".f64"));
        int length = sizes[1] * sizes[2];
        float[][] inputs = new float[sizes[0]][];
        for (int n = 0; n < inputs.Length; n++)
        {
            inputs[n] = new float[length];
            for (int i = 0; i < length; i++) inputs[n][i] = (float)Math.Log(all[(n * length) + i] + 1e-30);
        }

        return (inputs, File.ReadAllLines(prefix + ".txt"));
    }
}
