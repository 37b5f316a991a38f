using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    private CpuBuffer? _ctcScratch;

    /// <inheritdoc/>
    public override void CtcLoss(Tensor logits, Tensor lengths, Tensor labels, Tensor labelOffsets, int blank, Tensor losses, Tensor? gradient, float gradientScale)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(labelOffsets);
        ArgumentNullException.ThrowIfNull(losses);
        CheckCtc(logits, lengths, labels, labelOffsets, blank, losses, gradient);
        int frames = logits.Shape[0];
        int batch = logits.Shape[1];
        int classes = logits.Shape[2];
        float* x = Floats(logits);
        float* dx = FloatsOrNull(gradient);
        float* loss = Floats(losses);
        int* length = Integers(lengths);
        int* label = Integers(labels);
        int* offset = Integers(labelOffsets);

        CtcUtterance Utterance(int b) => new()
        {
            Logits = x + ((long)b * classes),
            Gradient = dx is null ? null : dx + ((long)b * classes),
            Stride = (long)batch * classes,
            Frames = length[b],
            Classes = classes,
            Labels = label + offset[b],
            Length = offset[b + 1] - offset[b],
            Blank = blank,
            GradientScale = gradientScale,
        };

        long scratchBytes = CpuBuffer.Alignment;
        for (int b = 0; b < batch; b++)
            scratchBytes = Math.Max(scratchBytes, CtcScaled.ScratchBytes(Utterance(b)));
        byte* scratch = CtcScratch((scratchBytes * _team.Size) + (batch * sizeof(int)));
        int* taken = (int*)(scratch + (scratchBytes * _team.Size));
        new Span<int>(taken, batch).Clear();

        void Do(int b, int member)
        {
            if (Interlocked.Exchange(ref taken[b], 1) != 0)
                return;
            CtcUtterance u = Utterance(b);
            double value = CtcLossOf(u, scratch + (member * scratchBytes));
            loss[b] = (float)value;
            if (dx is not null)
                ClearFrames(u, double.IsFinite(value) ? u.Frames : 0, frames);
        }

        // Each member takes its share from the front, since neighbours share cache lines, then the others' from the back.
        int members = _team.Size;
        _team.Run(member =>
        {
            int end = (int)((member + 1L) * batch / members);
            for (int b = (int)((long)member * batch / members); b < end; b++)
                Do(b, member);
            for (int other = 1; other < members; other++)
            {
                int from = (member + other) % members;
                int first = (int)((long)from * batch / members);
                for (int b = (int)((from + 1L) * batch / members) - 1; b >= first; b--)
                    Do(b, member);
            }
        });
    }

    private static double CtcLossOf(in CtcUtterance u, byte* scratch)
    {
        if (u.Frames == 0)
            return u.Length == 0 ? 0 : double.PositiveInfinity;
        if (!u.Fits())
            return Impossible(u);
        if (CtcScaled.TryRun(u, scratch, out double loss))
            return loss;

        // Rare: posteriors beyond the scaled form's range. The memory is taken for this one utterance.
        byte* own = (byte*)NativeMemory.AlignedAlloc((nuint)CtcLog.ScratchBytes(u), CpuBuffer.Alignment);
        try
        {
            return CtcLog.Run(u, own);
        }
        finally
        {
            NativeMemory.AlignedFree(own);
        }
    }

    /// <summary>Infinity, or NaN where a logit is not finite.</summary>
    private static double Impossible(in CtcUtterance u)
    {
        for (int t = 0; t < u.Frames; t++)
        {
            if (!SoftmaxRow.Exponentials(u.Logits + (t * u.Stride), u.Classes, null, out _, out _))
                return double.NaN;
        }

        return double.PositiveInfinity;
    }

    private static void ClearFrames(in CtcUtterance u, int from, int to)
    {
        for (int t = from; t < to; t++)
            new Span<float>(u.Gradient + (t * u.Stride), u.Classes).Clear();
    }

    private byte* CtcScratch(long bytes)
    {
        if (_ctcScratch is null || _ctcScratch.ByteLength < bytes)
        {
            _ctcScratch?.Free();
            _ctcScratch = new CpuBuffer(bytes + (bytes / 4));
            _all.Add(_ctcScratch);
        }

        return _ctcScratch.Pointer;
    }

    private static void CheckCtc(Tensor logits, Tensor lengths, Tensor labels, Tensor labelOffsets, int blank, Tensor losses, Tensor? gradient)
    {
        Shape shape = logits.Shape;
        if (shape.Rank != 3 || shape[2] < 1)
            throw new ArgumentException($"CTC needs logits [time, batch, class], not {logits}.", nameof(logits));
        int batch = shape[1];
        if (lengths.Count != batch || labelOffsets.Count != batch + 1L || losses.Count != batch)
            throw new ArgumentException($"CTC over {logits} needs {batch} lengths, {batch + 1L} label offsets and {batch} losses, not {lengths}, {labelOffsets} and {losses}.", nameof(lengths));
        if (gradient is not null && gradient.Shape != shape)
            throw new ArgumentException($"The gradient {gradient} must have the shape of the logits {logits}.", nameof(gradient));
        if (blank < 0 || blank >= shape[2])
            throw new ArgumentOutOfRangeException(nameof(blank), blank, $"The blank must be one of the {shape[2]} classes.");
        int* length = Integers(lengths);
        int* offset = Integers(labelOffsets);
        int* label = Integers(labels);
        for (int b = 0; b < batch; b++)
        {
            if (length[b] < 0 || length[b] > shape[0])
                throw new ArgumentException($"Utterance {b} of the batch has {length[b]} frames; the logits have {shape[0]}.", nameof(lengths));
            if (offset[b] < 0 || offset[b + 1] < offset[b] || offset[b + 1] > labels.Count)
                throw new ArgumentException($"The labels of utterance {b} run from {offset[b]} to {offset[b + 1]}; there are {labels.Count}.", nameof(labelOffsets));
            for (int i = offset[b]; i < offset[b + 1]; i++)
            {
                if (label[i] < 0 || label[i] >= shape[2] || label[i] == blank)
                    throw new ArgumentException($"Label {i - offset[b]} of utterance {b} is {label[i]}; it must be one of the {shape[2]} classes and not the blank, {blank}.", nameof(labels));
            }
        }
    }
}
