using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Language;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tests.Recognition;

/// <summary>A recogniser with random weights: it writes nonsense, but must always write the same nonsense for the same sound.</summary>
internal static class SmallRecognizer
{
    public static Recognizer Make(CpuDevice device, AcousticModelOptions? shape = null, FeatureNormalisation normalisation = FeatureNormalisation.PerUtterance)
    {
        FrontEndOptions frontEnd = new() { MelBins = 16, Normalisation = normalisation };
        shape ??= new AcousticModelOptions { Context = 2, Hidden = 24, DenseLayers = 1, Cell = Engine.Devices.CellKind.GruResetAfter };
        AcousticModel model = new(device, shape, new FeatureExtractor(frontEnd).FeatureCount, 5, 3, training: false);
        return new Recognizer(model, new ModelDescription { Alphabet = new Alphabet(" abc"), FrontEnd = frontEnd, Acoustic = shape });
    }

    /// <summary>Syllables of noise with pauses between: several utterances.</summary>
    public static float[] Conversation(int seed, params (double Start, double Seconds)[] turns)
    {
        const int rate = 16000;
        Random random = new(seed);
        float[] samples = new float[(int)((turns.Max(t => t.Start + t.Seconds) + 0.4) * rate)];
        for (int n = 0; n < samples.Length; n++)
            samples[n] = (float)(0.0005 * ((2 * random.NextDouble()) - 1));
        foreach ((double start, double seconds) in turns)
        {
            int first = (int)(start * rate);
            double pitch = 110 + (40 * random.NextDouble());
            for (int n = 0; n < (int)(seconds * rate); n++)
            {
                double time = n / (double)rate, syllable = 0.6 - (0.4 * Math.Cos(2 * Math.PI * (time + 0.1) / 0.23));
                double voice = 0, formant = 600 + (400 * Math.Sin(2 * Math.PI * time * 1.7));
                for (int k = 1; k * pitch < 3500; k++)
                    voice += Math.Exp(-Math.Abs((k * pitch) - formant) / 400) * Math.Sin(2 * Math.PI * k * pitch * time);
                samples[first + n] += (float)(syllable * ((0.1 * voice) + (0.01 * ((2 * random.NextDouble()) - 1))));
            }
        }

        return samples;
    }
}
