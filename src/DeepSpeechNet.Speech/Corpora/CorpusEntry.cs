namespace DeepSpeechNet.Speech.Corpora;

/// <summary>One clip of a corpus: what training and evaluation know about it without its sound.</summary>
/// <param name="Path">Name of the recording; unique in its manifest, for messages.</param>
/// <param name="Text">What is said, as the manifest writes it.</param>
/// <param name="Speaker">Who speaks; empty if unknown.</param>
/// <param name="Corpus">Collection that the clip belongs to; empty if unknown.</param>
/// <param name="Licence">Licence of the clip; empty if unknown.</param>
/// <param name="Seconds">Length in seconds.</param>
public sealed record CorpusEntry(string Path, string Text, string Speaker, string Corpus, string Licence, double Seconds);
