namespace DeepSpeechNet.Audio.Tests.Processing;

/// <summary>
/// Kaldi's log mel filter bank written from its definition (feature-window, feature-fbank, mel-computations) without dither,
/// slowly and in double precision: offset removal, pre-emphasis, Povey window, zero padding to a power of two, the Fourier sum,
/// triangles on 1127 ln(1 + f / 700) over all bins but the last, floor at the float epsilon, natural logarithm.
/// </summary>
internal static class KaldiReference
{
    public static double[][] LogMel(ReadOnlySpan<float> samples, int sampleRate, int bands, double low = 20, double high = 0)
    {
        int window = (int)(sampleRate * 0.001 * 25);
        int hop = (int)(sampleRate * 0.001 * 10);
        int length = 1;
        while (length < window)
            length *= 2;
        int frames = samples.Length < window ? 0 : 1 + ((samples.Length - window) / hop);
        double nyquist = 0.5 * sampleRate;
        high = high > 0 ? high : nyquist + high;

        double[][] result = new double[frames][];
        for (int t = 0; t < frames; t++)
        {
            double[] x = new double[window];
            for (int n = 0; n < window; n++)
                x[n] = samples[(t * hop) + n] * 32768.0;
            double mean = x.Sum() / window;
            for (int n = 0; n < window; n++)
                x[n] -= mean;
            for (int n = window - 1; n > 0; n--)
                x[n] -= 0.97 * x[n - 1];
            x[0] -= 0.97 * x[0];
            for (int n = 0; n < window; n++)
                x[n] *= Math.Pow(0.5 - (0.5 * Math.Cos(2 * Math.PI * n / (window - 1))), 0.85);
            result[t] = Bands(Power(x, length), sampleRate, length, bands, low, high);
        }

        return result;
    }

    private static double[] Power(double[] x, int length)
    {
        double[] cosines = new double[length];
        double[] sines = new double[length];
        for (int i = 0; i < length; i++)
            (sines[i], cosines[i]) = Math.SinCos(2 * Math.PI * i / length);
        double[] power = new double[length / 2];
        for (int k = 0; k < power.Length; k++)
        {
            double re = 0;
            double im = 0;
            for (int n = 0; n < x.Length; n++)
            {
                re += x[n] * cosines[k * n % length];
                im -= x[n] * sines[k * n % length];
            }

            power[k] = (re * re) + (im * im);
        }

        return power;
    }

    private static double[] Bands(double[] power, int sampleRate, int length, int bands, double low, double high)
    {
        double melLow = Mel(low);
        double delta = (Mel(high) - melLow) / (bands + 1);
        double[] result = new double[bands];
        for (int band = 0; band < bands; band++)
        {
            double left = melLow + (band * delta);
            double centre = melLow + ((band + 1) * delta);
            double right = melLow + ((band + 2) * delta);
            double energy = 0;
            for (int k = 0; k < power.Length; k++)
            {
                double mel = Mel((double)sampleRate / length * k);
                if (mel > left && mel < right)
                    energy += power[k] * (mel <= centre ? (mel - left) / (centre - left) : (right - mel) / (right - centre));
            }

            result[band] = Math.Log(Math.Max(energy, 1.1920928955078125e-07));
        }

        return result;
    }

    private static double Mel(double hertz) => 1127.0 * Math.Log(1.0 + (hertz / 700.0));
}
