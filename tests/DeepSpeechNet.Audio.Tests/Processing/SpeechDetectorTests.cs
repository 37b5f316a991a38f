using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class SpeechDetectorTests
{
    private const int Rate = 16000;

    [Theory]
    [InlineData(16000, 0)]
    [InlineData(16000, 0.003)]
    [InlineData(8000, 0.001)]
    [InlineData(44100, 0.001)]
    public void A_voice_is_speech_and_what_lies_around_it_is_not(int rate, double noise)
    {
        float[] samples = TestSignals.WhiteNoise(6 * rate, noise);
        VoicedSyllables.Add(samples, rate, 2, 2);
        bool[] speech = Detect(samples, rate);
        Assert.DoesNotContain(true, speech[..190]);
        Assert.True(speech[205..395].Count(s => s) > 170);
        Assert.DoesNotContain(true, speech[420..]);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(120)]
    [InlineData(300)]
    public void Hum_is_background(double hertz)
    {
        float[] samples = TestSignals.WhiteNoise(10 * Rate, 0.0003);
        for (int n = 0; n < samples.Length; n++)
        {
            for (int k = 1; k <= 5; k++)
                samples[n] += (float)(0.05 / k * Math.Sin(2 * Math.PI * k * hertz * n / Rate));
        }

        Assert.DoesNotContain(true, Detect(samples, Rate));
    }

    [Fact]
    public void Knocks_and_bursts_of_noise_have_no_voice()
    {
        float[] samples = TestSignals.WhiteNoise(12 * Rate, 0.0005);
        float[] burst = TestSignals.WhiteNoise(Rate / 2, 0.1, 9);
        foreach (double second in new[] { 2, 3.1, 5.4, 5.5, 8 })
        {
            for (int n = 0; n < burst.Length; n++)
                samples[(int)(second * Rate) + n] += burst[n] * MathF.Exp(-n / 1500f);
        }

        Assert.DoesNotContain(true, Detect(samples, Rate));
        Assert.Contains(true, Detect(samples, Rate, SpeechDetectorKind.Loudness));
    }

    [Fact]
    public void A_voice_in_noise_as_loud_as_itself_is_found()
    {
        float[] samples = TestSignals.WhiteNoise(8 * Rate, 0.03);
        VoicedSyllables.Add(samples, Rate, 3, 2);
        bool[] speech = Detect(samples, Rate);
        Assert.DoesNotContain(true, speech[..290]);
        Assert.Contains(true, speech[300..500]);
    }

    [Fact]
    public void A_stream_that_begins_with_speech_is_heard_within_half_a_second_and_has_no_gap_that_ends_an_utterance()
    {
        float[] samples = TestSignals.WhiteNoise(4 * Rate, 0.0005);
        VoicedSyllables.Add(samples, Rate, 0, 3);
        bool[] speech = Detect(samples, Rate);
        Assert.Contains(true, speech[..50]);
        int gap = 0;
        foreach (bool block in speech[..300])
        {
            gap = block ? 0 : gap + 1;
            Assert.True(gap < 50, "half a second of a voice was not heard");
        }
    }

    [Fact]
    public void Silence_and_bad_samples_are_not_speech()
    {
        float[] samples = new float[3 * Rate];
        Assert.DoesNotContain(true, Detect(samples, Rate));
        samples.AsSpan(Rate, 500).Fill(float.NaN);
        samples[20_000] = float.NegativeInfinity;
        Assert.DoesNotContain(true, Detect(samples, Rate));
    }

    [Fact]
    public void After_a_reset_the_same_sound_gives_the_same_answers()
    {
        float[] samples = TestSignals.WhiteNoise(3 * Rate, 0.001);
        VoicedSyllables.Add(samples, Rate, 1, 1);
        SpeechDetector detector = new(new SpeechSegmenterOptions(), Rate);
        bool[] first = Run(detector, samples, Rate);
        detector.Reset();
        Assert.Equal(first, Run(detector, samples, Rate));
        Assert.Contains(true, first);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(150)]
    [InlineData(350)]
    public void The_voicing_meter_tells_a_pitch_from_noise(double pitch)
    {
        VoicingMeter meter = new(Rate);
        float[] voice = new float[Rate / 5];
        for (int n = 0; n < voice.Length; n++)
            voice[n] = (float)(Math.Sin(2 * Math.PI * pitch * n / Rate) + (0.5 * Math.Sin(4 * Math.PI * pitch * n / Rate)));
        Assert.InRange(meter.Hear(voice), 0.95, 1.0001);
        meter.Reset();
        Assert.InRange(meter.Hear(TestSignals.WhiteNoise(Rate / 5, 0.1)), 0, 0.6);
        meter.Reset();
        Assert.Equal(0, meter.Hear(new float[1000]));
    }

    [Fact]
    public void The_noise_tracker_follows_noise_and_stands_still_in_speech()
    {
        Random random = new(4);
        NoiseTracker tracker = new(3, 1e-9f, 300);
        float[] energies = new float[3];
        double Exponential() => -Math.Log(1 - random.NextDouble());
        for (int t = 0; t < 1000; t++)
        {
            for (int b = 0; b < 3; b++)
                energies[b] = (float)(Math.Pow(10, -b) * (Exponential() + Exponential() + Exponential() + Exponential()) / 4);
            tracker.Hear(energies);
        }

        for (int b = 0; b < 3; b++)
            Assert.InRange(tracker.Noise[b] / Math.Pow(10, -b), 0.6, 1.5);
        float[] before = [.. tracker.Noise];
        for (int t = 0; t < 50; t++)
            tracker.Hear([100, 10, 1]);
        for (int b = 0; b < 3; b++)
            Assert.InRange(tracker.Noise[b] / before[b], 0.5, 4);
    }

    private static bool[] Detect(float[] samples, int rate, SpeechDetectorKind kind = SpeechDetectorKind.Likelihood)
    {
        SpeechSegmenterOptions options = new();
        return Run(kind == SpeechDetectorKind.Loudness ? new VoiceActivity(options) : new SpeechDetector(options, rate), samples, rate);
    }

    private static bool[] Run(ISpeechDetector detector, float[] samples, int rate)
    {
        int block = rate / 100;
        bool[] speech = new bool[samples.Length / block];
        for (int b = 0; b < speech.Length; b++)
        {
            detector.Hear(samples.AsSpan(b * block, block), out int blocks);
            for (int i = 0; i < blocks; i++)
                speech[b - i] = true;
        }

        return speech;
    }
}
