namespace DeepSpeechNet.Audio.Tests.Processing;

/// <summary>Sound that is like speech in what detectors look at: a pitch with harmonics under a moving formant, swelling five times a second, with some breath.</summary>
internal static class VoicedSyllables
{
    public static void Add(float[] samples, int rate, double start, double seconds, double level = 0.1, double pitch = 120)
    {
        Random random = new(3);
        int first = (int)(start * rate);
        for (int n = 0; n < (int)(seconds * rate) && first + n < samples.Length; n++)
        {
            double time = n / (double)rate, syllable = 0.6 - (0.4 * Math.Cos(2 * Math.PI * (time + 0.1) / 0.2));
            double formant = 700 + (400 * Math.Sin(2 * Math.PI * 1.3 * time)), voice = 0;
            for (int k = 1; k * pitch < 0.4 * rate && k * pitch < 3500; k++)
                voice += (Math.Exp(-Math.Abs((k * pitch) - formant) / 500) + 0.02) * Math.Sin(2 * Math.PI * k * pitch * time);
            samples[first + n] += (float)(level * syllable * (voice + (0.1 * ((2 * random.NextDouble()) - 1))));
        }
    }
}
