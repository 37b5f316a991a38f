using System.Text.Json.Serialization;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>How features are brought to a common level and spread.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FeatureNormalisation>))]
public enum FeatureNormalisation
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each feature gets mean 0 and variance 1 over the utterance; it needs the whole utterance.</summary>
    PerUtterance,

    /// <summary>
    /// The whole utterance to one loudness, the shape of its spectra left alone (<see cref="LevelNormaliser"/>): for short words; it needs the whole utterance.
    /// </summary>
    Level,

    /// <summary>
    /// Each feature by its mean and variance over the recent past (<see cref="RunningNormaliser"/>); it needs no look-ahead.
    /// </summary>
    Running,
}
