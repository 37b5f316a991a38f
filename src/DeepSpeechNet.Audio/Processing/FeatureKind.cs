using System.Text.Json.Serialization;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>What a frame is described by.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FeatureKind>))]
public enum FeatureKind
{
    /// <summary>Natural logarithms of the energies in triangular bands of equal width on the mel scale.</summary>
    LogMel,

    /// <summary>Natural logarithms of the power in every bin of the Fourier transform, zero to the Nyquist frequency.</summary>
    LogSpectrogram,

    /// <summary>The power |X[k]|^2 in every bin of the Fourier transform, zero to the Nyquist frequency.</summary>
    PowerSpectrogram,

    /// <summary>
    /// Mel-frequency cepstral coefficients: the cosine transform of <see cref="LogMel"/> (Davis and Mermelstein 1980).
    /// </summary>
    Mfcc,
}
