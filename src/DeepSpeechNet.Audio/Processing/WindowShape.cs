using System.Text.Json.Serialization;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// The taper laid over a frame before its Fourier transform. All are symmetric over the W samples of the frame:
/// n runs from 0 to W - 1 and the angle is a = 2 pi n / (W - 1), as in HTK and Kaldi.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<WindowShape>))]
public enum WindowShape
{
    /// <summary>0.5 - 0.5 cos a.</summary>
    Hann,

    /// <summary>0.54 - 0.46 cos a.</summary>
    Hamming,

    /// <summary>(0.5 - 0.5 cos a)^0.85: Kaldi's window, Hamming-like but zero at its ends.</summary>
    Povey,

    /// <summary>0.42 - 0.5 cos a + 0.08 cos 2a.</summary>
    Blackman,

    /// <summary>One throughout.</summary>
    Rectangular,
}
