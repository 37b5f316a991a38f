namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Triangular bands that overlap by half and are equally wide on the mel scale mel(f) = 1127 ln(1 + f / 700) (HTK book,
/// "Filterbank Analysis"; Kaldi feature-fbank and mel-computations). The M + 2 corners lie at equal distances from mel(low) to
/// mel(high); band m rises from corner m to 1 at corner m + 1 and falls to zero at corner m + 2, linearly in mel. A bin of the
/// Fourier transform has the weight of its own frequency. Only the bins with a weight are kept: a band is a run of bins.
/// </summary>
public sealed class MelFilterBank
{
    private readonly int[] _first;
    private readonly int[] _offset;
    private readonly float[] _weights;

    /// <summary>Lays out the bands.</summary>
    /// <param name="bands">M, the number of bands.</param>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="fourierLength">N of the Fourier transform.</param>
    /// <param name="lowHertz">Lower end of the lowest band.</param>
    /// <param name="highHertz">Upper end of the highest band, at most the Nyquist frequency.</param>
    /// <exception cref="ArgumentException">There are no bands, or the frequencies are not 0 ≤ low &lt; high ≤ Nyquist.</exception>
    public MelFilterBank(int bands, int sampleRate, int fourierLength, double lowHertz, double highHertz)
    {
        if (bands < 1 || fourierLength < 2)
        {
            throw new ArgumentException(
                $"A mel filter bank of {bands} bands on a transform of {fourierLength} was asked for; it needs at least 1 and 2.");
        }

        if (!(lowHertz >= 0 && highHertz > lowHertz && highHertz <= sampleRate / 2.0))
        {
            throw new ArgumentException(
                $"Mel bands from {lowHertz} to {highHertz} Hz were asked for; they must lie in 0 to {sampleRate / 2.0}, the lower first.");
        }

        Bands = bands;
        Bins = (fourierLength / 2) + 1;
        _first = new int[bands];
        _offset = new int[bands + 1];
        List<float> weights = [];
        double low = Mel(lowHertz);
        double step = (Mel(highHertz) - low) / (bands + 1);
        for (int band = 0; band < bands; band++)
        {
            double left = low + (band * step);
            double centre = left + step;
            double right = centre + step;
            _offset[band] = weights.Count;
            for (int bin = 0; bin < Bins; bin++)
            {
                double mel = Mel((double)bin * sampleRate / fourierLength);
                if (mel <= left || mel >= right)
                    continue;
                if (weights.Count == _offset[band])
                    _first[band] = bin;
                weights.Add((float)(mel <= centre ? (mel - left) / step : (right - mel) / step));
            }
        }

        _offset[bands] = weights.Count;
        _weights = [.. weights];
    }

    /// <summary>M, the number of bands.</summary>
    public int Bands { get; }

    /// <summary>N / 2 + 1, the number of bins of the power spectrum.</summary>
    public int Bins { get; }

    /// <summary>The mel value of a frequency: 1127 ln(1 + f / 700).</summary>
    public static double Mel(double hertz) => 1127 * Math.Log(1 + (hertz / 700));

    /// <summary>The frequency of a mel value: 700 (exp(mel / 1127) - 1).</summary>
    public static double Hertz(double mel) => 700 * (Math.Exp(mel / 1127) - 1);

    /// <summary>The lowest bin in a band; a band so narrow that no bin falls in it has none and its energy is zero.</summary>
    public int FirstBin(int band) => _first[band];

    /// <summary>The weights of a band's bins, from <see cref="FirstBin"/> upwards.</summary>
    public ReadOnlySpan<float> Weights(int band) => _weights.AsSpan(_offset[band].._offset[band + 1]);

    /// <summary>The energies of one power spectrum in the bands.</summary>
    /// <param name="power">|X[k]|^2, <see cref="Bins"/> numbers.</param>
    /// <param name="energies">Receives <see cref="Bands"/> numbers.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Apply(ReadOnlySpan<float> power, Span<float> energies)
    {
        if (power.Length != Bins || energies.Length != Bands)
        {
            throw new ArgumentException(
                $"This filter bank takes {Bins} powers and gives {Bands} energies; the spans have {power.Length} and {energies.Length}.");
        }

        for (int band = 0; band < Bands; band++)
        {
            ReadOnlySpan<float> weights = Weights(band);
            ReadOnlySpan<float> bins = power.Slice(_first[band], weights.Length);
            float sum = 0;
            for (int i = 0; i < weights.Length; i++)
                sum += weights[i] * bins[i];
            energies[band] = sum;
        }
    }
}
