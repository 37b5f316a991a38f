namespace DeepSpeechNet.Language.Decoding;

/// <summary>The most probable path of a known label sequence through a network's output.</summary>
/// <param name="Labels">The labels in order, each with its frames; all other frames are blank.</param>
/// <param name="LogProbability">The natural logarithm of the path's probability.</param>
public sealed record CtcAlignment(IReadOnlyList<AlignedLabel> Labels, double LogProbability);
