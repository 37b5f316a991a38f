namespace DeepSpeechNet.Language.Metrics;

/// <summary>The words of a test set whose confidence lies in one interval.</summary>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">Its upper end; it belongs to the next interval, but for 1.</param>
/// <param name="Words">How many words.</param>
/// <param name="Correct">How many of them are right.</param>
/// <param name="MeanConfidence">Their mean confidence; 0 where there are none.</param>
public readonly record struct ReliabilityBin(double Low, double High, long Words, long Correct, double MeanConfidence)
{
    /// <summary>The part of them that is right; 0 where there are none.</summary>
    public double Accuracy => Words == 0 ? 0 : Correct / (double)Words;
}
