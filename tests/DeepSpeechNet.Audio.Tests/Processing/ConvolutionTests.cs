using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5000, 1)]
    [InlineData(10, 300)]
    [InlineData(3000, 300)]
    [InlineData(2500, 512)]
    [InlineData(2500, 513)]
    [InlineData(6000, 2000)]
    public void Agrees_with_the_sum(int count, int taps)
    {
        float[] x = TestSignals.WhiteNoise(count, 1, 3);
        float[] h = TestSignals.WhiteNoise(taps, 1 / Math.Sqrt(taps), 4);
        Convolution convolution = new();
        for (int again = 0; again < 2; again++)
        {
            float[] y = [.. x];
            convolution.Apply(y, h);
            for (int n = 0; n < count; n++)
            {
                double sum = 0;
                for (int m = 0; m <= Math.Min(n, taps - 1); m++)
                    sum += (double)h[m] * x[n - m];
                Assert.Equal(sum, y[n], 2e-5);
            }
        }
    }
}
