using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class FilterTests
{
    [Fact]
    public void Windows_have_their_published_values()
    {
        Assert.Equal([0, 0.5f, 1, 0.5f, 0], WindowFunction.Create(WindowShape.Hann, 5), Near);
        Assert.Equal([0.08f, 0.54f, 1, 0.54f, 0.08f], WindowFunction.Create(WindowShape.Hamming, 5), Near);
        Assert.Equal([0, 0.34f, 1, 0.34f, 0], WindowFunction.Create(WindowShape.Blackman, 5), Near);
        Assert.Equal([0, 0.5547847f, 1, 0.5547847f, 0], WindowFunction.Create(WindowShape.Povey, 5), Near);
        Assert.Equal([1, 1, 1], WindowFunction.Create(WindowShape.Rectangular, 3), Near);
        Assert.Equal([1], WindowFunction.Create(WindowShape.Hann, 1), Near);
        Assert.Throws<ArgumentException>(() => WindowFunction.Create(WindowShape.Hann, 0));
    }

    [Fact]
    public void The_mel_scale_has_1000_mels_at_1000_hertz_and_an_inverse()
    {
        Assert.Equal(1000, MelFilterBank.Mel(1000), 0.1);
        Assert.Equal(0, MelFilterBank.Mel(0), 1e-12);
        Assert.Equal(3456.7, MelFilterBank.Hertz(MelFilterBank.Mel(3456.7)), 1e-9);
    }

    [Fact]
    public void Neighbouring_bands_share_every_bin_between_their_centres()
    {
        MelFilterBank bank = new(40, 16000, 512, 20, 8000);
        double low = MelFilterBank.Mel(20);
        double step = (MelFilterBank.Mel(8000) - low) / 41;
        for (int bin = 0; bin < bank.Bins; bin++)
        {
            double mel = MelFilterBank.Mel(bin * 16000.0 / 512);
            double sum = 0;
            for (int band = 0; band < 40; band++)
            {
                int at = bin - bank.FirstBin(band);
                if (at >= 0 && at < bank.Weights(band).Length)
                    sum += bank.Weights(band)[at];
            }

            if (mel > low + step && mel < low + (40 * step))
                Assert.Equal(1, sum, 1e-6);
        }
    }

    [Fact]
    public void Energies_are_weighted_sums_of_powers()
    {
        MelFilterBank bank = new(10, 8000, 256, 100, 3800);
        float[] power = [.. Enumerable.Range(0, 129).Select(i => (float)(i * i))];
        float[] energies = new float[10];
        bank.Apply(power, energies);
        for (int band = 0; band < 10; band++)
        {
            double sum = 0;
            for (int i = 0; i < bank.Weights(band).Length; i++)
                sum += (double)bank.Weights(band)[i] * power[bank.FirstBin(band) + i];
            Assert.Equal(sum, energies[band], sum * 1e-6);
            Assert.True(sum > 0);
        }

        Assert.Throws<ArgumentException>(() => bank.Apply(power.AsSpan(1), energies));
        Assert.Throws<ArgumentException>(() => new MelFilterBank(10, 8000, 256, 100, 5000));
    }

    [Fact]
    public void The_cepstral_transform_is_orthonormal_and_the_lifter_multiplies_its_rows()
    {
        float[] matrix = CepstralTransform.Matrix(23, 23, 0);
        for (int i = 0; i < 23; i++)
        {
            for (int j = 0; j < 23; j++)
            {
                double dot = 0;
                for (int m = 0; m < 23; m++)
                    dot += (double)matrix[(i * 23) + m] * matrix[(j * 23) + m];
                Assert.Equal(i == j ? 1 : 0, dot, 1e-6);
            }
        }

        float[] liftered = CepstralTransform.Matrix(13, 23, 22);
        Assert.Equal(matrix[5], liftered[5], 1e-6);
        Assert.Equal(12 * matrix[(11 * 23) + 4], liftered[(11 * 23) + 4], 1e-5);
        Assert.Throws<ArgumentException>(() => CepstralTransform.Matrix(24, 23, 22));
    }

    [Fact]
    public void A_ramp_has_slope_one_inside_and_less_at_its_ends()
    {
        float[] frames = new float[7 * 3];
        for (int t = 0; t < 7; t++)
            frames[t * 3] = t;
        Deltas.Append(frames, 1, 2);
        float[] slopes = [.. Enumerable.Range(0, 7).Select(t => frames[(t * 3) + 1])];
        Assert.Equal([0.5f, 0.8f, 1, 1, 1, 0.8f, 0.5f], slopes, Near);

        // (0.8 - 0.5 + 2 (1 - 0.5)) / 10
        Assert.Equal(0.13f, frames[2], 1e-6);
        Assert.Equal(0, frames[(3 * 3) + 2], 1e-6);
        Assert.Throws<ArgumentException>(() => Deltas.Append(new float[7], 1, 1));
    }

    private static bool Near(float expected, float actual) => Math.Abs(expected - actual) < 1e-6;
}
