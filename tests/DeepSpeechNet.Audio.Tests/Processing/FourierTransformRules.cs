using DeepSpeechNet.Audio.Processing;
using MathNet.Numerics.IntegralTransforms;

namespace DeepSpeechNet.Audio.Tests.Processing;

/// <summary>What every Fourier transform must do, ours or one of an optional package.</summary>
public abstract class FourierTransformRules
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
        IFourierTransform transform = Create(length);
        Assert.Equal(length, transform.Length);
        transform.Forward(signal, real, imaginary);

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

    [Fact]
    public void One_object_serves_many_signals()
    {
        float[] first = TestSignals.WhiteNoise(512, 1, 1), second = TestSignals.WhiteNoise(512, 1, 2);
        float[] real = new float[257], imaginary = new float[257], again = new float[257], alsoAgain = new float[257];
        IFourierTransform transform = Create(512);
        transform.Forward(first, real, imaginary);
        transform.Forward(second, again, alsoAgain);
        Assert.NotEqual(real, again);
        transform.Forward(first, again, alsoAgain);
        Assert.Equal(real, again);
        Assert.Equal(imaginary, alsoAgain);
    }

    [Fact]
    public void It_serves_the_front_end_whole_and_in_chunks()
    {
        foreach ((int rate, int bands) in new[] { (16000, 80), (8000, 40) })
        {
            float[] samples = TestSignals.SpeechLike(rate, 0.7);
            FrontEndOptions options = FrontEndOptions.Kaldi with { SampleRate = rate, MelBins = bands };
            FeatureExtractor extractor = new(options, Create);
            double[][] expected = KaldiReference.LogMel(samples, rate, bands);
            float[] frames = new float[expected.Length * bands];
            extractor.Compute(samples, frames);
            for (int i = 0; i < frames.Length; i++)
                Assert.Equal(expected[i / bands][i % bands], frames[i], 2e-3);

            StreamingFeatureExtractor stream = new(options, Create);
            float[] chunked = new float[frames.Length];
            for (int at = 0; at < samples.Length; at += 333)
                stream.Write(samples.AsSpan(at, Math.Min(333, samples.Length - at)));
            stream.Complete();
            Assert.Equal(expected.Length, stream.Read(chunked));
            Assert.Equal(frames, chunked);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-8)]
    [InlineData(400)]
    [InlineData(1 << 25)]
    public void Other_lengths_are_refused(int length) => Assert.Throws<ArgumentException>(() => Create(length));

    [Fact]
    public void Spans_of_another_length_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Create(8).Forward(new float[8], new float[4], new float[5]));
        Assert.Throws<ArgumentException>(() => Create(8).Forward(new float[8], new float[5], new float[6]));
        Assert.Throws<ArgumentException>(() => Create(8).Forward(new float[7], new float[5], new float[5]));
    }

    /// <summary>Makes the transform of a length.</summary>
    protected abstract IFourierTransform Create(int length);
}
