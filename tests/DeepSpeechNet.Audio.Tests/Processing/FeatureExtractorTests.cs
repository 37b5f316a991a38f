using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Audio.Processing.Lanes;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Audio.Tests.Processing;

public sealed class FeatureExtractorTests
{
    public static TheoryData<int> Widths => [.. FrameKernel.Widths()];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Log_mel_agrees_with_kaldis_definition(int width)
    {
        foreach ((int rate, int bands, double high) in new[] { (16000, 80, 0.0), (16000, 23, -400.0), (8000, 40, 0.0), (11025, 40, 0.0) })
        {
            float[] samples = TestSignals.SpeechLike(rate, 0.7);
            FrontEndOptions options = FrontEndOptions.Kaldi with { SampleRate = rate, MelBins = bands, HighHertz = high };
            FeatureExtractor extractor = new(options, null, width);
            double[][] expected = KaldiReference.LogMel(samples, rate, bands, high: high);
            float[] frames = new float[extractor.FrameCount(samples.Length) * bands];
            extractor.Compute(samples, frames);
            Assert.Equal(expected.Length * bands, frames.Length);
            double worst = 0;
            for (int i = 0; i < frames.Length; i++)
                worst = Math.Max(worst, Math.Abs(frames[i] - expected[i / bands][i % bands]));
            Assert.True(worst < 2e-3, $"{rate} Hz, {bands} bands: the largest difference of the logarithms is {worst}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_vector_width_and_another_transform_give_the_same_features(int width)
    {
        FrontEndOptions[] all =
        [
            new() { Normalisation = FeatureNormalisation.None },
            new() { Normalisation = FeatureNormalisation.None, Feature = FeatureKind.LogSpectrogram, Floor = 1e-6f },
            new() { Normalisation = FeatureNormalisation.None, Feature = FeatureKind.PowerSpectrogram },
            new() { Normalisation = FeatureNormalisation.None, Feature = FeatureKind.Mfcc, Deltas = 2, Window = WindowShape.Hamming },
            new() { Normalisation = FeatureNormalisation.None, HopSeconds = 0.0031, WindowSeconds = 0.02, MelBins = 33 },
            new() { Normalisation = FeatureNormalisation.None, HopSeconds = 0.05, WindowSeconds = 0.0201, MelBins = 21, RemoveOffset = true },
        ];
        foreach (FrontEndOptions options in all)
        {
            float[] samples = TestSignals.SpeechLike(16000, 0.43);
            FeatureExtractor extractor = new(options, null, width);
            FeatureExtractor plain = new(options, new DirectTransform(options.FourierLength), 32);
            int count = extractor.FrameCount(samples.Length) * extractor.FeatureCount;
            float[] actual = new float[count + 3];
            float[] expected = new float[count];
            actual.AsSpan(count).Fill(7);
            extractor.Compute(samples, actual);
            plain.Compute(samples, expected);
            double scale = options.Feature == FeatureKind.PowerSpectrogram ? expected.Max() * 1e-6 : 2e-3;
            for (int i = 0; i < count; i++)
                Assert.True(Math.Abs(actual[i] - expected[i]) < scale, $"{options}: number {i} is {actual[i]} and not {expected[i]}");
            Assert.Equal([7, 7, 7], actual[count..]);
        }
    }

    [Fact]
    public void A_frame_does_not_depend_on_its_place_in_the_clip()
    {
        FrontEndOptions options = FrontEndOptions.Kaldi;
        FeatureExtractor extractor = new(options);
        float[] samples = TestSignals.SpeechLike(16000, 1.5);
        float[] whole = new float[extractor.FrameCount(samples.Length) * 80];
        extractor.Compute(samples, whole);
        float[] one = new float[80];
        for (int t = 0; t < whole.Length / 80; t++)
        {
            extractor.Compute(samples.AsSpan(t * 160, 400), one);
            Assert.Equal(whole[(t * 80)..((t + 1) * 80)], one);
        }
    }

    [Fact]
    public void A_clip_shorter_than_a_window_has_no_frames()
    {
        FeatureExtractor extractor = new(new FrontEndOptions());
        Assert.Equal(0, extractor.FrameCount(0));
        Assert.Equal(0, extractor.FrameCount(399));
        Assert.Equal(1, extractor.FrameCount(400));
        Assert.Equal(1, extractor.FrameCount(559));
        Assert.Equal(2, extractor.FrameCount(560));
        extractor.Compute([], []);
        extractor.Compute(new float[399], []);
    }

    [Theory]
    [InlineData(FeatureKind.LogMel)]
    [InlineData(FeatureKind.Mfcc)]
    [InlineData(FeatureKind.LogSpectrogram)]
    [InlineData(FeatureKind.PowerSpectrogram)]
    public void Silence_noise_and_bad_samples_give_finite_features(FeatureKind kind)
    {
        foreach (FeatureNormalisation normalisation in Enum.GetValues<FeatureNormalisation>())
        {
            // The level is one of logarithmic energies alone.
            bool level = normalisation == FeatureNormalisation.Level;
            if (level && kind is (FeatureKind.Mfcc or FeatureKind.PowerSpectrogram))
                continue;
            FeatureExtractor extractor = new(new FrontEndOptions { Feature = kind, Normalisation = normalisation, Deltas = level ? 0 : 1 });
            float[] full = new float[16000];
            full.AsSpan().Fill(1);
            float[] broken = TestSignals.WhiteNoise(16000, 0.1);
            broken[777] = float.NaN;
            foreach (float[] samples in new[] { new float[16000], full, TestSignals.WhiteNoise(16000, 0.3), TestSignals.WhiteNoise(16000, 1e-20) })
            {
                float[] frames = new float[extractor.FrameCount(samples.Length) * extractor.FeatureCount];
                extractor.Compute(samples, frames);
                Assert.All(frames, x => Assert.True(float.IsFinite(x)));
            }

            if (kind == FeatureKind.PowerSpectrogram)
                continue;
            float[] result = new float[extractor.FrameCount(broken.Length) * extractor.FeatureCount];
            extractor.Compute(broken, result);
            Assert.All(result, x => Assert.True(float.IsFinite(x)));
        }
    }

    [Fact]
    public void Computing_allocates_nothing()
    {
        foreach (FeatureNormalisation normalisation in Enum.GetValues<FeatureNormalisation>())
        {
            FeatureExtractor extractor = new(new FrontEndOptions { Deltas = normalisation == FeatureNormalisation.Level ? 0 : 1, Normalisation = normalisation });
            float[] samples = TestSignals.WhiteNoise(20000, 0.1);
            float[] frames = new float[extractor.FrameCount(samples.Length) * extractor.FeatureCount];
            long least = Allocation.Least(() =>
            {
                extractor.Compute(samples, frames);
                extractor.Compute(samples.AsSpan(0, 5000), frames);
            });
            Assert.Equal(0, least);
        }
    }

    [Fact]
    public void Too_little_space_is_refused()
    {
        FeatureExtractor extractor = new(new FrontEndOptions());
        ArgumentException error = Assert.Throws<ArgumentException>(() => extractor.Compute(new float[16000], new float[10]));
        Assert.Contains("98 frames of 80 features", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The Fourier sum, term by term.</summary>
    private sealed class DirectTransform(int length) : IFourierTransform
    {
        private readonly double[] _cosine = [.. Enumerable.Range(0, length).Select(i => Math.Cos(2 * Math.PI * i / length))];
        private readonly double[] _sine = [.. Enumerable.Range(0, length).Select(i => Math.Sin(2 * Math.PI * i / length))];

        public int Length => length;

        public void Forward(ReadOnlySpan<float> signal, Span<float> real, Span<float> imaginary)
        {
            for (int k = 0; k <= length / 2; k++)
            {
                double re = 0;
                double im = 0;
                for (int n = 0; n < length; n++)
                {
                    re += signal[n] * _cosine[k * n % length];
                    im -= signal[n] * _sine[k * n % length];
                }

                real[k] = (float)re;
                imaginary[k] = (float)im;
            }
        }
    }
}
