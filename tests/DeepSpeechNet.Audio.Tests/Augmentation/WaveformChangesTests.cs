using DeepSpeechNet.Audio.Augmentation;
using DeepSpeechNet.Audio.Tests.Processing;

namespace DeepSpeechNet.Audio.Tests.Augmentation;

public sealed class WaveformChangesTests
{
    private const int Rate = 16000;

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(25)]
    public void Noise_is_mixed_at_the_ratio_asked_for(double decibels)
    {
        float[] clean = TestSignals.SpeechLike(Rate, 1.5);
        float[][] clips = [TestSignals.WhiteNoise(5000, 0.3), TestSignals.WhiteNoise(60000, 0.01, 2)];
        NoiseMixer mixer = new(new NoiseOptions { LowDecibels = decibels, HighDecibels = decibels, SyntheticShare = 0.3 }, clips);
        for (ulong seed = 0; seed < 8; seed++)
        {
            float[] noisy = [.. clean];
            double said = mixer.Apply(noisy, new RandomSource(seed));
            double signal = clean.Sum(x => (double)x * x);
            double noise = clean.Zip(noisy, (x, y) => ((double)y - x) * ((double)y - x)).Sum();
            Assert.Equal(decibels, said, 1e-9);
            Assert.Equal(decibels, 10 * Math.Log10(signal / noise), 0.01);
        }
    }

    [Fact]
    public void A_short_noise_is_repeated_without_a_gap()
    {
        float[] ramp = [.. Enumerable.Range(1, 100).Select(i => (float)i)];
        NoiseMixer mixer = new(new NoiseOptions { LowDecibels = 0, HighDecibels = 0, SyntheticShare = 0 }, [ramp]);
        float[] clean = [.. Enumerable.Repeat(1f, 1000)];
        float[] noisy = [.. clean];
        mixer.Apply(noisy, new RandomSource(5));
        float unit = (noisy.Max() - 1) / 100;
        int start = (int)Math.Round((noisy[0] - 1) / unit);
        for (int n = 0; n < noisy.Length; n++)
            Assert.Equal(((start - 1 + n) % 100) + 1, (noisy[n] - 1) / unit, 0.01);
    }

    [Fact]
    public void Silence_stays_silent()
    {
        AugmentationOptions all = new()
        {
            Speed = new SpeedOptions { Probability = 1 },
            Reverberation = new ReverberationOptions { Probability = 1 },
            Noise = new NoiseOptions { Probability = 1 },
            BandLimit = new BandLimitOptions { Probability = 1 },
            Volume = new VolumeOptions { Probability = 1 },
        };
        WaveformAugmenter augmenter = new(all, Rate);
        Assert.All(augmenter.Apply(new float[8000], 3).ToArray(), x => Assert.Equal(0, x));
        Assert.Equal(0, augmenter.Apply([], 3).Length);
        Assert.Equal(1, augmenter.Apply(new float[1], 3).Length);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(1.1)]
    [InlineData(1.37)]
    public void Speed_moves_every_tone_by_its_factor_and_adds_none(double speed)
    {
        SpeedPerturbation perturbation = new(new SpeedOptions());
        foreach (double hertz in new[] { 200.0, 1000, 3000, 4500 })
        {
            float[] tone = Tone(hertz, Rate);
            float[] output = new float[SpeedPerturbation.OutputLength(tone.Length, speed)];
            Assert.Equal(tone.Length / speed, output.Length, 0.5);
            perturbation.Apply(tone, speed, output);
            double worst = 0;
            for (int n = 200; n < output.Length - 200; n++)
                worst = Math.Max(worst, Math.Abs(output[n] - (0.5 * Math.Sin(2 * Math.PI * hertz * n * speed / Rate))));
            Assert.True(worst < 0.002, $"{hertz} Hz at speed {speed}: differs by {worst}");
        }
    }

    [Fact]
    public void What_would_fold_at_a_faster_speed_is_taken_away()
    {
        // 7.6 kHz times 1.25 is 9.5 kHz, which cannot be kept at 16 kHz.
        float[] tone = Tone(7600, Rate);
        float[] output = new float[SpeedPerturbation.OutputLength(tone.Length, 1.25)];
        new SpeedPerturbation(new SpeedOptions()).Apply(tone, 1.25, output);
        Assert.True(Power(output.AsSpan()[200..^200]) < Power(tone) * 1e-4);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    public void A_room_decays_by_60_decibels_in_its_reverberation_time(double seconds)
    {
        float[] response = new float[1 + (int)(seconds * Rate)];
        Reverberation.Respond(response, Rate, seconds, 0, new RandomSource(4));
        double all = response.Skip(1).Sum(h => (double)h * h);
        Assert.Equal(1, response[0]);
        Assert.Equal(1, all, 1e-4);

        // Schroeder's backward integral: its slope between the early part and the end gives the decay.
        double[] left = new double[response.Length + 1];
        for (int n = response.Length - 1; n >= 0; n--)
            left[n] = left[n + 1] + ((double)response[n] * response[n]);
        int from = (int)(0.06 * Rate);
        int to = (int)(0.06 * Rate) + (int)(0.35 * seconds * Rate);
        double fall = 10 * Math.Log10(left[from] / left[to]);
        double measured = 60 * (to - from) / fall / Rate;
        Assert.InRange(measured, 0.8 * seconds, 1.2 * seconds);
    }

    [Fact]
    public void Reverberation_keeps_length_place_and_energy()
    {
        ReverberationOptions options = new() { LowDirectDecibels = 6, HighDirectDecibels = 6 };
        float[] samples = new float[Rate];
        TestSignals.WhiteNoise(2000, 0.1).CopyTo(samples.AsSpan(4000));
        float[] room = [.. samples];
        double seconds = new Reverberation(options, Rate).Apply(room, new RandomSource(9));
        Assert.InRange(seconds, 0.1, 0.6);
        Assert.Equal(Power(samples), Power(room), Power(samples) * 1e-4);
        Assert.All(room[..4000], x => Assert.True(Math.Abs(x) < 1e-5));
        Assert.True(Power(room.AsSpan()[4000..6000]) > 0.7 * Power(samples.AsSpan()[4000..6000]));
        Assert.True(Power(room.AsSpan()[6000..8000]) > 1e-6);
    }

    [Theory]
    [InlineData(1000, -0.2, 0.2)]
    [InlineData(3000, -0.2, 0.2)]
    [InlineData(4000, -200, -40)]
    [InlineData(7000, -200, -45)]
    [InlineData(100, -200, -15)]
    public void A_telephone_line_passes_its_band_only(double hertz, double low, double high)
    {
        BandLimitOptions options = new() { TelephoneShare = 1, LowHertz = 3400, HighHertz = 3400 };
        float[] tone = Tone(hertz, Rate);
        (double from, double to) = new BandLimit(options, Rate).Apply(tone, new RandomSource(1));
        Assert.Equal((300, 3400), (from, to));
        Assert.InRange(10 * Math.Log10(Power(tone.AsSpan()[500..^500]) / 0.125), low, high);
    }

    [Fact]
    public void A_shift_moves_samples_and_fills_with_silence()
    {
        TimeShift shift = new(new TimeShiftOptions { Seconds = 0.001 }, Rate);
        HashSet<int> seen = [];
        for (ulong seed = 0; seed < 300; seed++)
        {
            float[] samples = [.. Enumerable.Range(1, 40).Select(i => (float)i)];
            int by = shift.Apply(samples, new RandomSource(seed));
            seen.Add(by);
            for (int n = 0; n < 40; n++)
                Assert.Equal(n - by is >= 0 and < 40 ? n - by + 1 : 0, samples[n]);
        }

        Assert.Equal(33, seen.Count);
        float[] shorter = [1, 2, 3];
        shift.Apply(shorter, new RandomSource(1));
        Assert.Equal(3, shorter.Length);
    }

    [Fact]
    public void Volume_is_a_gain_within_its_range()
    {
        float[] samples = [0.1f, -0.2f];
        double decibels = new VolumePerturbation(new VolumeOptions()).Apply(samples, new RandomSource(2));
        Assert.InRange(decibels, -15, 6);
        Assert.Equal(0.1 * Math.Pow(10, decibels / 20), samples[0], 1e-6);
        Assert.Equal(-0.2 * Math.Pow(10, decibels / 20), samples[1], 1e-6);
    }

    private static float[] Tone(double hertz, int count) =>
        [.. Enumerable.Range(0, count).Select(n => (float)(0.5 * Math.Sin(2 * Math.PI * hertz * n / Rate)))];

    private static double Power(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (float x in samples)
            sum += (double)x * x;
        return sum / samples.Length;
    }
}
