namespace DeepSpeechNet.Language.Decoding;

/// <summary>One label and the frames in which a CTC path writes it.</summary>
/// <param name="Label">The label: a class of the alphabet, never the blank.</param>
/// <param name="StartFrame">The first frame of the label.</param>
/// <param name="EndFrame">The frame after its last one.</param>
/// <param name="Confidence">
/// The highest probability of the label in its frames, 0 to 1. The highest and not the mean: the spike says whether the label
/// is there, the frames beside it only how long it lasts.
/// </param>
public readonly record struct AlignedLabel(int Label, int StartFrame, int EndFrame, float Confidence);
