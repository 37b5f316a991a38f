using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class ResamplerTests
{
    public static TheoryData<int, int> Pairs() => new()
    {
        { 8000, 16000 },
        { 44100, 16000 },
        { 48000, 16000 },
        { 16000, 8000 },
        { 22050, 16000 },
        { 11025, 16000 },
        { 16000, 44100 },
        { 16000, 14400 },
        { 12345, 16000 },
        { 44101, 16000 },
        { 192000, 8000 },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Tones_up_to_nine_tenths_of_the_lower_Nyquist_frequency_keep_amplitude_and_phase(int input, int output)
    {
        double edge = 0.9 * Math.Min(input, output) / 2;
        var resampler = new Resampler(input, output);
        for (int step = 0; step <= 18; step++)
        {
            double frequency = Math.Max(edge * step / 18, edge * 0.002);
            Assert.InRange(Deviation(resampler, frequency, out double residue), -0.01, 0.01);

            // Everything that is not the tone at its amplitude and phase: images, aliases, delay.
            Assert.InRange(residue, -300, -80);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Tones_above_the_output_Nyquist_frequency_vanish(int input, int output)
    {
        var resampler = new Resampler(input, output);
        double bottom = output / 2.0 * 1.0001;
        double top = input / 2.0;
        for (int step = 0; step < 40 && bottom < top; step++)
        {
            // Dense just above the edge, where the filter is weakest.
            double part = step < 20 ? 0.2 * step / 20 : (step - 19) / 21.0;
            double frequency = bottom + ((top - bottom) * part);
            float[] result = resampler.Convert(Tone(input, frequency, Length(input)));
            double power = Middle(result).Average(y => (double)y * y);
            Assert.InRange(10 * Math.Log10((2 * power) + 1e-30), -300, -80);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_length_is_the_input_s_times_the_ratio_rounded(int input, int output)
    {
        var resampler = new Resampler(input, output);
        foreach (int length in (int[])[0, 1, 2, 3, 10, 999, 5000, 12345])
        {
            long expected = (long)Math.Floor((decimal)length * output / input + 0.5m);
            Assert.Equal(expected, resampler.OutputLength(length));
            Assert.Equal(expected, resampler.Convert(new float[length]).Length);
        }

        Assert.Equal((long)Math.Floor(((decimal)(1L << 40) * output / input) + 0.5m), resampler.OutputLength(1L << 40));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Chunks_of_any_sizes_give_the_whole_bit_for_bit(int input, int output)
    {
        float[] samples = Noise(15_000);
        float[] whole = Resampler.Convert(samples, input, output);
        var resampler = new Resampler(input, output);
        var random = new Random(7);
        foreach (int size in (int[])[1, 7, 160, 4096, 15_000, 0])
        {
            var result = new List<float>();
            var buffer = new float[Math.Max(resampler.MaximumOutputCount(samples.Length), resampler.MaximumFlushCount)];
            for (int start = 0; start < samples.Length;)
            {
                int count = Math.Min(size == 0 ? random.Next(0, 3000) : size, samples.Length - start);
                Span<float> room = buffer.AsSpan(0, resampler.MaximumOutputCount(count));
                result.AddRange(room[..resampler.Process(samples.AsSpan(start, count), room)]);
                start += count;
            }

            result.AddRange(buffer.AsSpan(0, resampler.Flush(buffer.AsSpan(0, resampler.MaximumFlushCount))));
            Assert.True(whole.AsSpan().SequenceEqual(result.ToArray()), $"Chunks of {size} give other samples.");
        }
    }

    [Theory]
    [InlineData(44100, 16000)]
    [InlineData(8000, 16000)]
    [InlineData(44101, 16000)]
    public void Every_output_is_the_windowed_sum_that_the_definition_gives(int input, int output)
    {
        // The definition directly, in double precision: 88 dB Kaiser window, transition from 0.9 to 1 of the lower Nyquist frequency.
        float[] samples = Noise(1000);
        float[] result = Resampler.Convert(samples, input, output);
        double narrowing = Math.Min(1.0, (double)output / input);
        double half = 0.5 * (88 - 7.95) / (14.36 * 0.05 * narrowing);
        double beta = 0.1102 * (88 - 8.7);
        for (int n = 0; n < result.Length; n++)
        {
            double time = (double)n * input / output;
            double sum = 0;
            double weights = 0;
            for (int i = (int)Math.Ceiling(time - half); i <= time + half; i++)
            {
                double t = i - time;
                double x = Math.PI * 0.95 * narrowing * t;
                double window = MathNet.Numerics.SpecialFunctions.BesselI0(beta * Math.Sqrt(Math.Max(0, 1 - (t / half * t / half))));
                double weight = (x == 0 ? 1 : Math.Sin(x) / x) * window;
                weights += weight;
                sum += i >= 0 && i < samples.Length ? weight * samples[i] : 0;
            }

            Assert.Equal(sum / weights, result[n], 5e-6);
        }
    }

    [Fact]
    public void Equal_rates_change_nothing()
    {
        float[] samples = Noise(1000);
        Assert.Equal(samples, Resampler.Convert(samples, 16000, 16000));
        Assert.Equal(0, new Resampler(16000, 16000).MaximumFlushCount);
    }

    [Fact]
    public void A_constant_stays_that_constant()
    {
        float[] samples = [.. Enumerable.Repeat(0.75f, 5000)];
        Assert.All(Middle(Resampler.Convert(samples, 44100, 16000)), y => Assert.Equal(0.75f, y, 1e-6f));
    }

    [Fact]
    public void A_stream_after_another_starts_afresh()
    {
        float[] samples = Noise(3000);
        var resampler = new Resampler(44100, 16000);
        float[] first = resampler.Convert(samples);
        resampler.Process(samples.AsSpan(0, 500), new float[resampler.MaximumOutputCount(500)]);
        resampler.Reset();
        Assert.Equal(first, resampler.Convert(samples));
        Assert.Equal(first, resampler.Convert(samples));
    }

    [Fact]
    public void Streaming_allocates_nothing()
    {
        var resampler = new Resampler(44100, 16000);
        float[] input = Noise(10_000);
        var output = new float[resampler.MaximumOutputCount(input.Length)];
        long least = Allocation.Least(() =>
        {
            resampler.Process(input, output);
            resampler.Flush(output);
        });
        Assert.Equal(0, least);
    }

    [Fact]
    public void Rates_and_rooms_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(0, 16000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16000, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16000 * 256 + 1, 16000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(62, 16000));
        var resampler = new Resampler(16000, 48000);
        Assert.Throws<ArgumentException>(() => resampler.Process(new float[100], new float[resampler.MaximumOutputCount(100) - 1]));
        Assert.Throws<ArgumentException>(() => resampler.Flush(new float[resampler.MaximumFlushCount - 1]));
    }

    [Theory]
    [InlineData(16000 * 256, 16000)]
    [InlineData(63, 16000)]
    [InlineData(int.MaxValue, int.MaxValue - 1)]
    [InlineData(655_350, 16000)]
    public void The_farthest_rates_are_converted(int input, int output)
    {
        float[] samples = [.. Enumerable.Repeat(0.5f, (int)Math.Max(1000, 500.0 * input / output))];
        float[] result = Resampler.Convert(samples, input, output);
        Assert.Equal(0.5f, result[result.Length / 2], 1e-4f);
    }

    /// <summary>
    /// How far a tone's amplitude is off, in dB; <paramref name="residue"/> is the power of everything but the exact tone, in dB
    /// relative to it.
    /// </summary>
    private static double Deviation(Resampler resampler, double frequency, out double residue)
    {
        int output = resampler.OutputRate;
        float[] result = resampler.Convert(Tone(resampler.InputRate, frequency, Length(resampler.InputRate)));
        int margin = result.Length / 4;
        double both = 0, tone = 0, rest = 0;
        for (int n = margin; n < result.Length - margin; n++)
        {
            double expected = Math.Sin(2 * Math.PI * frequency * n / output);
            both += result[n] * expected;
            tone += expected * expected;
        }

        double gain = both / tone;
        for (int n = margin; n < result.Length - margin; n++)
        {
            double expected = gain * Math.Sin(2 * Math.PI * frequency * n / output);
            rest += (result[n] - expected) * (result[n] - expected);
        }

        residue = 10 * Math.Log10((rest / tone) + 1e-30);
        return 20 * Math.Log10(gain);
    }

    // Long enough for the filter's reach and some periods.
    private static int Length(int rate) => Math.Max(4000, rate / 8);

    private static IEnumerable<float> Middle(float[] samples) => samples.Skip(samples.Length / 4).Take(samples.Length / 2);

    private static float[] Tone(int rate, double frequency, int length)
    {
        var tone = new float[length];
        for (int i = 0; i < length; i++)
        {
            tone[i] = (float)Math.Sin(2 * Math.PI * frequency * i / rate);
        }

        return tone;
    }

    private static float[] Noise(int length)
    {
        var random = new Random(6);
        var noise = new float[length];
        for (int i = 0; i < length; i++)
        {
            noise[i] = (float)((2 * random.NextDouble()) - 1);
        }

        return noise;
    }
}
