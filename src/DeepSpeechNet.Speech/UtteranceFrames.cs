using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Speech;

/// <summary>The spectrogram frames of one utterance on the host.</summary>
/// <param name="Values">[time, feature], row-major; may be longer than needed (a pooled array).</param>
/// <param name="FrameCount">Time.</param>
public readonly record struct UtteranceFrames(float[] Values, int FrameCount);

/// <summary>Lays utterances side by side as the network takes them.</summary>
internal static class FrameBatch
{
    /// <summary>
    /// Adds two arrays to a host batch: the frames [T, B, F] with zeros behind the shorter utterances, and the lengths [B] of the
    /// network's output. T is the longest utterance's.
    /// </summary>
    public static void Add(HostBatch batch, ReadOnlySpan<UtteranceFrames> utterances, int features, int stride)
    {
        int time = 1, count = utterances.Length;
        foreach (UtteranceFrames utterance in utterances)
            time = Math.Max(time, utterance.FrameCount);
        Span<float> frames = batch.Floats(batch.Reserve(ElementType.Float32, new Shape(time, count, features)));
        for (int b = 0; b < count; b++)
        {
            ReadOnlySpan<float> source = utterances[b].Values.AsSpan(0, utterances[b].FrameCount * features);
            for (int t = 0; t < utterances[b].FrameCount; t++)
                source.Slice(t * features, features).CopyTo(frames[(((t * count) + b) * features)..]);
        }

        Span<int> lengths = batch.Integers(batch.Reserve(ElementType.Int32, new Shape(count)));
        for (int b = 0; b < count; b++)
            lengths[b] = Engine.Operations.Frames.Strided(utterances[b].FrameCount, stride);
    }
}
