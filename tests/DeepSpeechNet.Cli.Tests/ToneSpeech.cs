using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Tests;

/// <summary>
/// A language whose letters are tones, and a model that reads it without training: one mel band a letter, each letter's score its band's loudness, and a
/// constant score for the blank. So a text, made into sound, must come back letter for letter from the whole path.
/// </summary>
internal static class ToneSpeech
{
    /// <summary>Samples a second.</summary>
    public const int Rate = 16000;

    /// <summary>Space and a to g: one of the eight bands each.</summary>
    public static readonly Alphabet Alphabet = new(" abcdefg");

    private const double ToneSeconds = 0.06, GapSeconds = 0.04;

    // A tone's band has a logarithm of about 8 here, its neighbours 5 at most, silence -23.
    private const float Threshold = 6.5f, Steepness = 1000, Blank = 100;

    private static readonly FrontEndOptions FrontEnd = new() { MelBins = 8, MfccCount = 8, Normalisation = FeatureNormalisation.None };

    /// <summary>Saves the model in a folder.</summary>
    public static void SaveModel(string folder, int stride = 1)
    {
        int letters = Alphabet.Size;
        AcousticModelOptions options = new() { Context = 0, Stride = stride, DenseLayers = 0, RecurrentLayers = 0, Hidden = letters };
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        AcousticModel model = new(device, options, letters, Alphabet.ClassCount, seed: 1, training: false);
        Set(model, "acoustic.joint.weight", (row, column) => row == column ? 1 : 0, letters);
        Set(model, "acoustic.joint.bias", (_, _) => -Threshold, 1);
        Set(model, "acoustic.output.weight", (row, column) => row == column ? Steepness : 0, letters);
        Set(model, "acoustic.output.bias", (row, _) => row == Alphabet.BlankIndex ? Blank : 0, 1);
        ModelPackage.Save(folder, model, new ModelDescription { Alphabet = Alphabet, FrontEnd = FrontEnd, Acoustic = options });
    }

    /// <summary>A text as sound: a short tone a letter, with gaps.</summary>
    public static float[] Say(string text)
    {
        int gap = (int)(GapSeconds * Rate), tone = (int)(ToneSeconds * Rate), step = gap + tone;
        float[] samples = new float[(text.Length * step) + gap];
        for (int i = 0; i < text.Length; i++)
        {
            double hertz = Hertz(Alphabet.Encode(text[i].ToString())[0]);
            for (int n = 0; n < tone; n++)
            {
                // Rounded ends keep the tone inside its band.
                double edge = Math.Min(1, Math.Min(n, tone - 1 - n) / (0.01 * Rate));
                samples[(i * step) + gap + n] = (float)(0.5 * Math.Sin(0.5 * Math.PI * edge) * Math.Sin(2 * Math.PI * hertz * n / Rate));
            }
        }

        return samples;
    }

    /// <summary>Writes a text as a 16-bit WAV file.</summary>
    public static void SaveWav(string path, string text) => SaveWav(path, Say(text));

    /// <summary>Writes samples as a 16-bit WAV file.</summary>
    public static void SaveWav(string path, float[] samples)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Wav(samples));
    }

    /// <summary>Samples as a WAV file of 16 bits, or of floating point, which can hold what is not a number.</summary>
    public static byte[] Wav(float[] samples, WavSampleFormat format = WavSampleFormat.Pcm16)
    {
        using MemoryStream stream = new();
        using (WavWriter writer = new(stream, Rate, 1, format))
            writer.Write(samples);
        return stream.ToArray();
    }

    /// <summary>The middle of a letter's mel band: bands' edges are evenly spaced on the scale 1127 ln(1 + f / 700).</summary>
    private static double Hertz(int letter)
    {
        double low = Mel(FrontEnd.LowHertz), high = Mel(Rate / 2.0);
        double middle = low + ((letter + 1) * (high - low) / (Alphabet.Size + 1));
        return 700 * (Math.Exp(middle / 1127) - 1);
    }

    private static double Mel(double hertz) => 1127 * Math.Log(1 + (hertz / 700));

    private static void Set(AcousticModel model, string name, Func<int, int, float> value, int columns)
    {
        Parameter parameter = model.Parameters.Parameters.Single(p => p.Name == name);
        float[] values = new float[parameter.Shape.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = value(i / columns, i % columns);
        ParameterSet.Set(parameter, values);
    }
}
