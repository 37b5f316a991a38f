namespace DeepSpeechNet.Audio.Tests.Processing;

/// <summary>Signals that the tests make.</summary>
internal static class TestSignals
{
    /// <summary>
    /// Speech-like: a pulse train with gliding pitch through three moving resonances, with pauses, breath noise and a small
    /// offset, rounded to 16 bits.
    /// </summary>
    public static float[] SpeechLike(int sampleRate, double seconds, int seed = 1)
    {
        Random random = new(seed);
        int count = (int)(sampleRate * seconds);
        float[] samples = new float[count];
        double phase = 0;
        double[] state = new double[6];
        for (int n = 0; n < count; n++)
        {
            double time = (double)n / sampleRate;
            phase += (120 + (40 * Math.Sin(2 * Math.PI * 0.7 * time))) / sampleRate;
            double source = 0;
            if (phase >= 1)
            {
                phase -= 1;
                source = 1;
            }

            bool voiced = time % 1.1 < 0.8;
            double x = voiced ? source + (0.01 * (random.NextDouble() - 0.5)) : 0.0005 * (random.NextDouble() - 0.5);
            double sum = 0;
            for (int formant = 0; formant < 3; formant++)
            {
                double hertz = ((formant * 1000) + 500) * (1 + (0.3 * Math.Sin((2 * Math.PI * (0.5 + formant) * time) + formant)));
                double radius = Math.Exp(-Math.PI * 80 / sampleRate);
                double y = x + (2 * radius * Math.Cos(2 * Math.PI * hertz / sampleRate) * state[2 * formant])
                    - (radius * radius * state[(2 * formant) + 1]);
                state[(2 * formant) + 1] = state[2 * formant];
                state[2 * formant] = y;
                sum += y / (1 + formant);
            }

            samples[n] = (float)(Math.Clamp(Math.Round((sum * 0.05 + 0.002) * 32768), -32768, 32767) / 32768);
        }

        return samples;
    }

    /// <summary>Independent Gaussian samples.</summary>
    public static float[] WhiteNoise(int count, double deviation, int seed = 1)
    {
        Random random = new(seed);
        float[] samples = new float[count];
        for (int n = 0; n < count; n++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            samples[n] = (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return samples;
    }
}
