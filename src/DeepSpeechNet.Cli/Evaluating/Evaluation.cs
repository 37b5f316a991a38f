using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Cli.Evaluating;

/// <summary>What recognising a corpus gave.</summary>
/// <param name="Report">The errors.</param>
/// <param name="Recognition">Time from the first recording read to the last transcript.</param>
/// <param name="Sound">Length of all recordings recognised.</param>
/// <param name="Faults">Recordings that could not be read.</param>
/// <param name="Unwritable">Symbols of the texts that the model's alphabet lacks, in order.</param>
/// <param name="UnwritableTexts">How many texts hold one.</param>
internal sealed record Evaluation(
    EvaluationReport Report,
    TimeSpan Recognition,
    TimeSpan Sound,
    int Faults,
    IReadOnlyList<string> Unwritable,
    int UnwritableTexts)
{
    /// <summary>Time of recognition by time of sound: below 1 is faster than speech.</summary>
    public double RealTimeFactor => Sound > TimeSpan.Zero ? Recognition / Sound : 0;
}
