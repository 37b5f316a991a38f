using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// The cells of one gate: h_t = act(x_t + U h_{t-1}) with act = tanh or the clipped ReLU. The derivative follows from h, so that the
/// forward pass keeps nothing else.
/// </summary>
internal sealed unsafe class VanillaCell<S, V, I>(RecurrentDirection direction, Tensor lengths, in RecurrentWorkspace workspace, bool tanh, PackedMatrix weight)
    : RecurrentCell(direction, lengths, workspace)
    where S : ISimd<V, I>
    where V : struct
    where I : struct
{
    public override int ScratchSize => Batch * BlocksAtOnce * BlockWidth;

    public override void Forward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        float* before = HiddenBefore(step), after = At(Hidden, time), input = At(Gates, time);
        for (int block = first; block < end; block += BlocksAtOnce)
        {
            int blocks = Math.Min(BlocksAtOnce, end - block), width = blocks * BlockWidth;
            int unit = block * BlockWidth, count = Math.Min(width, Units - unit);
            Prefetch(input + unit, Units, rows, count);
            Prefetch(after + unit, Units, rows, count);
            if (rows > 0)
                Multiply<S, V, I>(rows, before, Units, weight, block, blocks, scratch, width, accumulate: false);
            for (int b = 0; b < Batch; b++)
            {
                nint row = ((nint)b * Units) + unit;
                if (Lengths[b] <= time)
                    Copy(before + row, after + row, count);
                else if (tanh)
                    TanhRow(input + row, scratch + (b * width), after + row, count);
                else
                    ClippedRow(input + row, scratch + (b * width), after + row, count);
            }
        }
    }

    public override void Backward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        int unit = first * BlockWidth, count = Math.Min(end * BlockWidth, Units) - unit;
        if (phase == 1)
        {
            if (rows > 0 && (step > 0 || WantsInitialGradient))
                Multiply<S, V, I>(rows, At(Gates, time), Units, weight, first, end - first, HiddenCarry + unit, Padded, accumulate: true);
            return;
        }

        float* gradient = At(HiddenGradient, time), after = At(Hidden, time), input = At(Gates, time);
        for (int b = 0; b < Batch; b++)
        {
            nint row = ((nint)b * Units) + unit;
            float* carry = HiddenCarry + ((nint)b * Padded) + unit;
            if (Lengths[b] <= time)
                HoldGradient(gradient + row, carry, input + row, 1, count);
            else if (tanh)
                TanhRowBackward(gradient + row, carry, after + row, input + row, count);
            else
                ClippedRowBackward(gradient + row, carry, after + row, input + row, count);
        }
    }

    private static void TanhRow(float* input, float* product, float* after, int count)
    {
        for (int j = 0; j < count; j += S.Width)
            Store<S, V, I>(VectorMath.Tanh<S, V, I>(S.Add(S.Load(input + j), S.Load(product + j))), after + j, count - j);
    }

    private static void ClippedRow(float* input, float* product, float* after, int count)
    {
        for (int j = 0; j < count; j += S.Width)
            Store<S, V, I>(VectorMath.ClippedRelu<S, V, I>(S.Add(S.Load(input + j), S.Load(product + j))), after + j, count - j);
    }

    /// <summary>da = dh (1 - h^2).</summary>
    private static void TanhRowBackward(float* gradient, float* carry, float* after, float* input, int count)
    {
        V zero = S.Create(0), one = S.Create(1);
        for (int j = 0; j < count; j += S.Width)
        {
            V h = S.Load(after + j), dh = S.Add(S.Load(carry + j), S.Load(gradient + j));
            S.Store(zero, carry + j);
            Store<S, V, I>(S.Multiply(dh, S.Subtract(one, S.Multiply(h, h))), input + j, count - j);
        }
    }

    /// <summary>da = dh where 0 &lt; h &lt; 20, else 0.</summary>
    private static void ClippedRowBackward(float* gradient, float* carry, float* after, float* input, int count)
    {
        V zero = S.Create(0), ceiling = S.Create(VectorMath.ClippedReluCeiling);
        for (int j = 0; j < count; j += S.Width)
        {
            V h = S.Load(after + j), dh = S.Add(S.Load(carry + j), S.Load(gradient + j));
            S.Store(zero, carry + j);
            V inside = S.Select(S.LessThan(zero, h), dh, zero);
            Store<S, V, I>(S.Select(S.LessThan(h, ceiling), inside, zero), input + j, count - j);
        }
    }
}
