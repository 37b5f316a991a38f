using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Speech.Tuning;

/// <summary>What decoding all utterances with some settings gave.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Words">Errors in words.</param>
/// <param name="Characters">Errors in characters.</param>
/// <param name="Work">Time of decoding, summed over threads.</param>
/// <param name="Utterances">How many utterances were decoded.</param>
/// <param name="Confidences">The confidence of each recognised word as the settings give it, and whether the word was right.</param>
public sealed record DecodingTrial(
    DecoderSettings Settings,
    EditCounts Words,
    EditCounts Characters,
    TimeSpan Work,
    int Utterances,
    IReadOnlyList<(double Confidence, bool Correct)> Confidences)
{
    /// <summary>The expected calibration error of the confidences, 0 to 1.</summary>
    public double CalibrationError
    {
        get
        {
            Reliability reliability = new();
            foreach ((double confidence, bool correct) in Confidences)
                reliability.Add(confidence, correct);
            return reliability.ExpectedCalibrationError;
        }
    }

    /// <summary>Whether this trial is better than another: fewer errors in words, then in characters.</summary>
    public bool IsBetterThan(DecodingTrial other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Words.Errors != other.Words.Errors ? Words.Errors < other.Words.Errors : Characters.Errors < other.Characters.Errors;
    }
}
