using System.Buffers;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Training;

/// <summary>
/// A batch on the host, in the order that the training step reads it: frames, lengths, labels, where each text starts; and where there are phones, their labels,
/// where each utterance's start, and the lengths again, 0 for utterances whose phones are not known or do not fit.
/// </summary>
internal sealed class PreparedBatch
{
    private readonly List<int[]> _phones = [];

    public HostBatch Host { get; } = new();

    /// <summary>The corpus's numbers of the utterances.</summary>
    public List<int> Utterances { get; } = [];

    /// <summary>The corpus's numbers of utterances that were left out, and why.</summary>
    public List<(int Utterance, string Reason)> LeftOut { get; } = [];

    /// <summary>Seconds of sound.</summary>
    public double Seconds { get; private set; }

    /// <summary>Each utterance's phones, where there are phones: empty for those that take no part.</summary>
    public IReadOnlyList<int[]> Phones => _phones;

    public bool IsEmpty => Utterances.Count == 0;

    public void Fill(ReadOnlySpan<int> indices, UtterancePreparer preparer, int epoch, int stride)
    {
        Host.Clear();
        Utterances.Clear();
        LeftOut.Clear();
        Seconds = 0;
        _phones.Clear();
        List<UtteranceFrames> frames = new(indices.Length);
        List<int[]> labels = new(indices.Length);
        List<int> phoneFrames = new(indices.Length);
        foreach (int index in indices)
        {
            PreparedUtterance utterance;
            try
            {
                utterance = preparer.Prepare(index, epoch);
            }
            catch (Exception e) when (e is CorpusException or UnknownSymbolException)
            {
                LeftOut.Add((index, e.Message));
                continue;
            }

            int outputs = Frames.Strided(utterance.Frames.FrameCount, stride);
            if (!Fits(utterance.Labels, outputs))
            {
                LeftOut.Add((index, $"its text of {utterance.Labels.Length} letters cannot fit its {utterance.Seconds:F2} s; correct the text or use a smaller stride"));
                ArrayPool<float>.Shared.Return(utterance.Frames.Values);
                continue;
            }

            Utterances.Add(index);
            frames.Add(utterance.Frames);
            labels.Add(utterance.Labels);
            Seconds += utterance.Seconds;
            bool spoken = utterance.Phones is { } phones && Fits(phones, outputs);
            _phones.Add(spoken ? utterance.Phones! : []);
            phoneFrames.Add(spoken ? outputs : 0);
        }

        if (IsEmpty)
            return;
        FrameBatch.Add(Host, frames.ToArray(), preparer.Features, stride);
        foreach (UtteranceFrames utterance in frames)
            ArrayPool<float>.Shared.Return(utterance.Values);
        CtcTexts.Add(Host, labels);
        if (!preparer.HasPhones)
            return;
        CtcTexts.Add(Host, _phones);
        phoneFrames.CopyTo(Host.Integers(Host.Reserve(ElementType.Int32, new Shape(phoneFrames.Count))));
    }

    /// <summary>Whether CTC has a path: a frame for each label, and one for the blank between equal neighbours.</summary>
    private static bool Fits(int[] labels, int frames) => frames >= Math.Max(1, CtcTexts.FramesNeeded(labels));
}
