namespace DeepSpeechNet.Language.Metrics;

/// <summary>One step of an alignment between a reference and a hypothesis.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="ReferenceIndex">The item of the reference; for an insertion, the item before which it stands.</param>
/// <param name="HypothesisIndex">The item of the hypothesis; for a deletion, the item before which it is missing.</param>
public readonly record struct EditStep(EditKind Kind, int ReferenceIndex, int HypothesisIndex);
