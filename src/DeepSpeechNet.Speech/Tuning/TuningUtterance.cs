namespace DeepSpeechNet.Speech.Tuning;

/// <summary>What the network gave for one utterance, kept so that decoding can be tried in many ways.</summary>
/// <param name="Name">What names it: usually its file.</param>
/// <param name="LogProbabilities">Natural logarithms of the class probabilities, [time, class] row by row, blank last; empty for silence.</param>
/// <param name="Duration">The length of the recording.</param>
/// <param name="Reference">What was said, normalised to the model's alphabet.</param>
public sealed record TuningUtterance(string Name, ReadOnlyMemory<float> LogProbabilities, TimeSpan Duration, string Reference)
{
    /// <summary>The same of the phones, [time, phone and last the blank]; empty where there are none.</summary>
    public ReadOnlyMemory<float> Phones { get; init; }
}
