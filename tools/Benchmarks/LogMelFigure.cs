using System.Diagnostics;
using System.Text;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Audio.Tests.Processing;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// Draws docs/figures/log-mel.svg: the features of a clip by <see cref="FeatureExtractor"/> with
/// <see cref="FrontEndOptions.Kaldi"/>, by the slow double-precision reading of Kaldi's definition that the tests use, and their
/// difference. Arguments: the SVG to write, and the clip (without it espeak-ng speaks one).
/// </summary>
internal static class LogMelFigure
{
    private const int Bands = 80;
    private const int Left = 64;
    private const int PanelHeight = 160;
    private const int PanelStep = 206;
    private const int PixelsPerFrame = 3;
    private const string Sentence = "The quick brown fox jumps over the lazy dog.";

    public static int Run(string[] args)
    {
        string path = args.Length > 0 ? args[0] : "docs/figures/log-mel.svg";
        float[] samples = args.Length > 1 ? AudioFile.ReadMono(args[1]).Samples : Speak();
        FeatureExtractor extractor = new(FrontEndOptions.Kaldi);
        int frames = extractor.FrameCount(samples.Length);
        float[] ours = new float[frames * Bands];
        extractor.Compute(samples, ours);
        double[] theirs = [.. KaldiReference.LogMel(samples, 16000, Bands).SelectMany(row => row)];
        double[] difference = [.. ours.Zip(theirs, (a, b) => a - b)];
        double worst = difference.Max(Math.Abs);
        double typical = Math.Sqrt(difference.Average(d => d * d));
        Console.WriteLine($"{frames} frames of {Bands} bands: largest difference {worst:G3}, root mean square {typical:G3} (natural logarithms)");

        double low = theirs.Min();
        double high = theirs.Max();
        int width = Left + (frames * PixelsPerFrame) + 110;
        StringBuilder svg = new();
        svg.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{(3 * PanelStep) + 26}\" ");
        svg.Append($"viewBox=\"0 0 {width} {(3 * PanelStep) + 26}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        byte[] heat = Palette(x => (Ramp(x, 0.05, 0.25, 0.99), Ramp(x, 0.03, 0.45, 0.95), Ramp(x, 0.20, 0.55, 0.35)));
        byte[] signed = Palette(x => x < 0.5
            ? (0.15 + (1.7 * x), 0.35 + (1.3 * x), 0.75 + (0.5 * x))
            : (1 - (0.4 * (x - 0.5)), 1 - (1.5 * (x - 0.5)), 1 - (1.7 * (x - 0.5))));
        Panel(svg, 0, "DeepSpeechNet, single precision", [.. ours.Select(x => (double)x)], frames, low, high, heat, "F1");
        Panel(svg, 1, "Kaldi's definition, term by term in double precision", theirs, frames, low, high, heat, "F1");
        Panel(svg, 2, $"difference: at most {worst:G2}, root mean square {typical:G2}", difference, frames, -4 * typical, 4 * typical, signed, "G2");
        svg.Append($"<text x=\"{Left + (frames * PixelsPerFrame / 2)}\" y=\"{(3 * PanelStep) + 18}\" text-anchor=\"middle\">seconds</text>\n</svg>\n");
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        File.WriteAllText(path, svg.ToString());
        Console.WriteLine($"wrote {path}");
        return 0;
    }

    private static void Panel(
        StringBuilder svg, int index, string title, double[] values, int frames, double low, double high, byte[] palette, string format)
    {
        int top = 24 + (index * PanelStep);
        int width = frames * PixelsPerFrame;
        byte[] pixels = new byte[frames * Bands];
        for (int t = 0; t < frames; t++)
        {
            for (int band = 0; band < Bands; band++)
                pixels[((Bands - 1 - band) * frames) + t] = (byte)Math.Clamp(255 * (values[(t * Bands) + band] - low) / (high - low), 0, 255);
        }

        svg.Append($"<text x=\"{Left}\" y=\"{top - 7}\" font-weight=\"bold\">{title}</text>\n");
        Image(svg, pixels, frames, palette, Left, top, width);
        foreach (int hertz in new[] { 100, 500, 1000, 2000, 4000, 7000 })
        {
            double step = (MelFilterBank.Mel(8000) - MelFilterBank.Mel(20)) / (Bands + 1);
            double band = ((MelFilterBank.Mel(hertz) - MelFilterBank.Mel(20)) / step) - 0.5;
            double y = top + PanelHeight - (band * PanelHeight / Bands);
            svg.Append($"<path d=\"M{Left - 4} {y:F1}h4\" stroke=\"#000\"/><text x=\"{Left - 7}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{hertz} Hz</text>\n");
        }

        for (int t = 0; t < frames; t += 50)
        {
            int x = Left + (t * PixelsPerFrame);
            svg.Append($"<path d=\"M{x} {top + PanelHeight}v4\" stroke=\"#000\"/>");
            svg.Append($"<text x=\"{x}\" y=\"{top + PanelHeight + 16}\" text-anchor=\"middle\">{t / 100.0:F1}</text>\n");
        }

        byte[] bar = [.. Enumerable.Range(0, 256).Select(i => (byte)(255 - i))];
        Image(svg, bar, 1, palette, Left + width + 14, top, 14);
        for (int i = 0; i <= 4; i++)
        {
            double value = low + ((high - low) * i / 4);
            svg.Append($"<text x=\"{Left + width + 33}\" y=\"{top + PanelHeight - (i * PanelHeight / 4) + 4}\">{value.ToString(format)}</text>\n");
        }
    }

    private static void Image(StringBuilder svg, byte[] pixels, int columns, byte[] palette, int x, int y, int width)
    {
        svg.Append($"<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{PanelHeight}\" preserveAspectRatio=\"none\" ");
        svg.Append($"style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{Convert.ToBase64String(IndexedPng.Encode(pixels, columns, palette))}\"/>\n");
    }

    private static byte[] Palette(Func<double, (double Red, double Green, double Blue)> colour)
    {
        byte[] palette = new byte[768];
        for (int i = 0; i < 256; i++)
        {
            (double red, double green, double blue) = colour(i / 255.0);
            (palette[3 * i], palette[(3 * i) + 1], palette[(3 * i) + 2]) = (Level(red), Level(green), Level(blue));
        }

        return palette;
        static byte Level(double x) => (byte)Math.Clamp(255 * x, 0, 255);
    }

    /// <summary>From the first value through the second to the third.</summary>
    private static double Ramp(double x, double start, double middle, double end) =>
        x < 0.5 ? start + (2 * x * (middle - start)) : middle + (((2 * x) - 1) * (end - middle));

    private static float[] Speak()
    {
        string file = Path.Combine(Path.GetTempPath(), $"log-mel-{Guid.NewGuid():N}.wav");
        try
        {
            using Process process = Process.Start("espeak-ng", ["-v", "en-us", "-w", file, Sentence]);
            process.WaitForExit();
            return AudioFile.ReadMono(file).Samples;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
