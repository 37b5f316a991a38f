using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Training;

/// <summary>Texts as <see cref="Operations.CtcLoss"/> takes them.</summary>
public static class CtcTexts
{
    /// <summary>Adds two arrays to a host batch: all labels, one text's behind the other's, and where each text starts, [B + 1].</summary>
    public static void Add(HostBatch batch, IReadOnlyList<int[]> texts)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(texts);
        Span<int> all = batch.Integers(batch.Reserve(ElementType.Int32, new Shape(Math.Max(1, texts.Sum(t => t.Length)))));
        int used = 0;
        foreach (int[] text in texts)
        {
            text.CopyTo(all[used..]);
            used += text.Length;
        }

        Span<int> offsets = batch.Integers(batch.Reserve(ElementType.Int32, new Shape(texts.Count + 1)));
        for (int b = 0; b < texts.Count; b++)
            offsets[b + 1] = offsets[b] + texts[b].Length;
    }

    /// <summary>How many frames a text needs at least: one for each label, and one for the blank between equal neighbours.</summary>
    public static int FramesNeeded(ReadOnlySpan<int> labels)
    {
        int needed = labels.Length;
        for (int i = 1; i < labels.Length; i++)
            needed += labels[i] == labels[i - 1] ? 1 : 0;
        return needed;
    }
}
