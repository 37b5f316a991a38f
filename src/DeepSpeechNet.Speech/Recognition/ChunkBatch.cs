using System.Buffers;
using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>Runs pieces of several utterances through the network side by side. For one thread.</summary>
internal sealed class ChunkBatch(AcousticModel model, Tape tape, ArrayPool<float> pool)
{
    private readonly HostBatch _host = new();

    /// <summary>The letters' log-probabilities of each piece; the pieces' states move on. All must carry the same number of frames.</summary>
    public LetterProbabilities[] Run(IReadOnlyList<NetworkChunk> chunks)
    {
        int count = chunks.Count, classes = model.Classes, layers = model.Options.RecurrentLayers, units = model.RecurrentUnits;
        bool cells = model.Options.Cell.HasCellState();
        _host.Clear();
        UtteranceFrames[] frames = new UtteranceFrames[count];
        for (int b = 0; b < count; b++)
            frames[b] = chunks[b].Frames;
        FrameBatch.Add(_host, frames, model.Features, model.Options.Stride);
        Span<int> lengths = _host.Integers(1);
        for (int b = 0; b < count; b++)
            lengths[b] = chunks[b].OutputFrames;
        for (int i = 0; i < layers; i++)
        {
            Reserve(chunks, c => c.State.Hidden[i], units);
            if (cells)
                Reserve(chunks, c => c.State.Cell[i], units);
        }

        DeviceBatch device = _host.Upload(model.Device);
        float[] all = [];
        try
        {
            List<RecurrentState> initial = [];
            for (int i = 0, part = 2; i < layers; i++)
                initial.Add(new RecurrentState(device.Tensors[part++], cells ? device.Tensors[part++] : null));
            Tensor logits = model.ChunkLogits(tape, device.Tensors[0], device.Tensors[1], initial, chunks[0].Carried, out IReadOnlyList<RecurrentState> next);
            Tensor log = LogSoftmax.Apply(tape, logits);
            int length = checked((int)log.Count);
            all = pool.Rent(Math.Max(length, count * units));
            model.Device.Download(log, MemoryMarshal.AsBytes(all.AsSpan(0, length)));
            LetterProbabilities[] results = new LetterProbabilities[count];
            for (int b = 0; b < count; b++)
            {
                LetterProbabilities letters = results[b] = new LetterProbabilities(pool, chunks[b].OutputFrames, classes);
                for (int t = 0; t < chunks[b].OutputFrames; t++)
                    all.AsSpan(((t * count) + b) * classes, classes).CopyTo(letters.Fill[(t * classes)..]);
            }

            for (int i = 0; i < next.Count; i++)
            {
                Take(next[i].Hidden, all, chunks, c => c.State.Hidden[i], units);
                if (next[i].Cell is { } cell)
                    Take(cell, all, chunks, c => c.State.Cell[i], units);
            }

            return results;
        }
        finally
        {
            if (all.Length > 0)
                pool.Return(all);
            device.Release();
        }
    }

    private void Reserve(IReadOnlyList<NetworkChunk> chunks, Func<NetworkChunk, float[]> state, int units)
    {
        Span<float> rows = _host.Floats(_host.Reserve(ElementType.Float32, new Shape(chunks.Count, units)));
        for (int b = 0; b < chunks.Count; b++)
            state(chunks[b]).CopyTo(rows[(b * units)..]);
    }

    private void Take(Tensor tensor, float[] scratch, IReadOnlyList<NetworkChunk> chunks, Func<NetworkChunk, float[]> state, int units)
    {
        model.Device.Download(tensor, MemoryMarshal.AsBytes(scratch.AsSpan(0, chunks.Count * units)));
        for (int b = 0; b < chunks.Count; b++)
            scratch.AsSpan(b * units, units).CopyTo(state(chunks[b]));
    }
}
