using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Tests.Corpora;

namespace DeepSpeechNet.Speech.Tests.Training;

/// <summary>A made-up language of tones: each letter is a pitch, so that a small network learns it in seconds.</summary>
internal static class ToneCorpus
{
    private const int Rate = 16000;

    /// <summary>Clips of two to four letters out of a, b and c.</summary>
    public static FakeCorpus Make(int count, int seed, params (int Index, Func<CorpusEntry, float[], (CorpusEntry, float[])> Change)[] changes)
    {
        Random random = new(seed);
        (CorpusEntry, float[]?)[] clips = new (CorpusEntry, float[]?)[count];
        for (int i = 0; i < count; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => (char)('a' + random.Next(3))));
            float[] samples = Speak(text, random);
            CorpusEntry entry = FakeCorpus.Entry($"clip{i}", text, samples.Length / (double)Rate);
            foreach ((int index, Func<CorpusEntry, float[], (CorpusEntry, float[])> change) in changes)
            {
                if (index == i)
                    (entry, samples) = change(entry, samples);
            }

            clips[i] = (entry, samples);
        }

        return new FakeCorpus(clips) { SampleRate = Rate };
    }

    private static float[] Speak(string text, Random random)
    {
        const int Letter = Rate * 12 / 100, Gap = Rate * 6 / 100;
        float[] samples = new float[Gap + (text.Length * (Letter + Gap))];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (float)((random.NextDouble() - 0.5) * 0.01);
        for (int k = 0; k < text.Length; k++)
        {
            double pitch = 400 * Math.Pow(2.5, text[k] - 'a'), loudness = 0.2 + (0.3 * random.NextDouble());
            int start = Gap + (k * (Letter + Gap));
            for (int i = 0; i < Letter; i++)
                samples[start + i] += (float)(loudness * Math.Sin(2 * Math.PI * pitch * i / Rate));
        }

        return samples;
    }
}
