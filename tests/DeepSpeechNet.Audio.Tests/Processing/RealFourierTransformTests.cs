using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class RealFourierTransformTests : FourierTransformRules
{
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

    protected override IFourierTransform Create(int length) => new RealFourierTransform(length);
}
