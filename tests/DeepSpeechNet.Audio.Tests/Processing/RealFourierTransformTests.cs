using DeepSpeechNet.Audio.Processing;
using MathNet.Numerics.IntegralTransforms;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class RealFourierTransformTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(65536)]
    public void Agrees_with_MathNet_and_with_the_sum(int length)
    {
        float[] signal = TestSignals.WhiteNoise(length, 1, length);
        float[] real = new float[(length / 2) + 1];
        float[] imaginary = new float[(length / 2) + 1];
        new RealFourierTransform(length).Forward(signal, real, imaginary);

        double[] packed = new double[length + 2];
        for (int n = 0; n < length; n++)
            packed[n] = signal[n];
        Fourier.ForwardReal(packed, length, FourierOptions.NoScaling);
        double tolerance = 3e-7 * Math.Sqrt(length) * Math.Log2(2 * length);
        for (int k = 0; k <= length / 2; k++)
        {
            Assert.Equal(packed[2 * k], real[k], tolerance);
            Assert.Equal(packed[(2 * k) + 1], imaginary[k], tolerance);
        }

        for (int k = 0; k <= length / 2; k += Math.Max(1, length / 64))
        {
            double re = 0;
            double im = 0;
            for (int n = 0; n < length; n++)
            {
                double angle = 2 * Math.PI * ((long)k * n % length) / length;
                re += signal[n] * Math.Cos(angle);
                im -= signal[n] * Math.Sin(angle);
            }

            Assert.Equal(re, real[k], tolerance);
            Assert.Equal(im, imaginary[k], tolerance);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(512)]
    [InlineData(8192)]
    public void The_inverse_gives_the_signal_back(int length)
    {
        float[] signal = TestSignals.WhiteNoise(length, 1, length);
        float[] real = new float[(length / 2) + 1];
        float[] imaginary = new float[(length / 2) + 1];
        RealFourierTransform transform = new(length);
        transform.Forward(signal, real, imaginary);
        (imaginary[0], imaginary[^1]) = (3, 4);
        float[] back = new float[length];
        transform.Inverse(real, imaginary, back);
        for (int n = 0; n < length; n++)
            Assert.Equal(signal[n], back[n], 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-8)]
    [InlineData(400)]
    public void Other_lengths_are_refused(int length) => Assert.Throws<ArgumentException>(() => new RealFourierTransform(length));

    [Fact]
    public void Spans_of_another_length_are_refused() =>
        Assert.Throws<ArgumentException>(() => new RealFourierTransform(8).Forward(new float[8], new float[4], new float[5]));
}
