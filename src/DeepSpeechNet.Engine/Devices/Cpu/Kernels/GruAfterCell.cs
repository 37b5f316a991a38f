using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// <see cref="CellKind.GruResetAfter"/>: r, z = sigmoid(x + U h' + u), q = U_n h' + u_n, n = tanh(x_n + r q), h = n + z (h' - n), where h' is
/// the state before. Keeps r, z, n in the gates and q beside them; backwards dn r takes q's place, since it and not dn meets U_n. Forwards the weight may be
/// given in whole numbers instead: states are at most 1, since each is a mean of a hyperbolic tangent and the state before.
/// </summary>
internal sealed unsafe class GruAfterCell<S, V, I>(
    RecurrentDirection direction, Tensor lengths, in RecurrentWorkspace workspace, bool training, PackedMatrix? weight, PackedMatrix? candidateWeight, ShortPanels? shorts = null)
    : RecurrentCell(direction, lengths, workspace)
    where S : ISimd<V, I>
    where V : struct
    where I : struct
{
    private const int GateCount = 3;

    private readonly float* _bias = CpuDevice.Floats(direction.Bias!);
    private readonly float* _biasGradient = workspace.VectorGradient;

    public override int ScratchSize => Products + (shorts is null ? 0 : Batch * shorts.Pairs);

    private int Products => Batch * BlocksAtOnce * GateCount * BlockWidth;

    public override void Forward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        float* before = HiddenBefore(step), after = At(Hidden, time), gates = At(Gates, time, GateCount);
        float* kept = training ? At(Kept, time) : null;
        short* rounded = (short*)(scratch + Products);
        for (int b = 0; shorts is not null && b < rows; b++)
            shorts.Round(before + ((nint)b * Units), Units, rounded + ((nint)b * 2 * shorts.Pairs));
        for (int group = first; group < end; group += BlocksAtOnce)
        {
            int blocks = Math.Min(BlocksAtOnce, end - group), stride = blocks * GateCount * BlockWidth;
            int unitsFrom = group * BlockWidth, unitCount = Math.Min(blocks * BlockWidth, Units - unitsFrom);
            for (int gate = 0; gate < GateCount; gate++)
                Prefetch(gates + (gate * Units) + unitsFrom, GateCount * Units, rows, unitCount);
            Prefetch(after + unitsFrom, Units, rows, unitCount);
            if (kept != null)
                Prefetch(kept + unitsFrom, Units, rows, unitCount);
            if (shorts is not null)
                shorts.Multiply(rows, rounded, group * GateCount, blocks * GateCount, scratch, stride);
            else if (rows > 0)
                Multiply<S, V, I>(rows, before, Units, weight!, group * GateCount, blocks * GateCount, scratch, stride, accumulate: false);
            for (int b = 0; b < Batch; b++)
            {
                nint row = (nint)b * Units;
                for (int i = 0; i < blocks; i++)
                {
                    int unit = (group + i) * BlockWidth, count = Math.Min(BlockWidth, Units - unit);
                    if (Lengths[b] <= time)
                        Copy(before + row + unit, after + row + unit, count);
                    else
                        Row(gates + (GateCount * row) + unit, scratch + (b * stride) + (i * GateCount * BlockWidth), unit, before + row + unit, after + row + unit, kept == null ? null : kept + row + unit, count);
                }
            }
        }
    }

    public override void Backward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        int unit = first * BlockWidth, count = Math.Min(end * BlockWidth, Units) - unit;
        float* gates = At(Gates, time, GateCount), kept = At(Kept, time);
        if (phase == 1)
        {
            if (rows == 0 || (step == 0 && !WantsInitialGradient))
                return;
            Multiply<S, V, I>(rows, gates, GateCount * Units, weight!, first, end - first, HiddenCarry + unit, Padded, accumulate: true);
            Multiply<S, V, I>(rows, kept, Units, candidateWeight!, first, end - first, HiddenCarry + unit, Padded, accumulate: true);
            return;
        }

        float* gradient = At(HiddenGradient, time), before = HiddenBefore(step);
        for (int b = 0; b < Batch; b++)
        {
            nint row = ((nint)b * Units) + unit;
            float* carry = HiddenCarry + ((nint)b * Padded) + unit, gate = gates + ((nint)b * GateCount * Units) + unit;
            if (Lengths[b] > time)
            {
                RowBackward(gradient + row, carry, before + row, gate, kept + row, _biasGradient + unit, count);
                continue;
            }

            HoldGradient(gradient + row, carry, gate, GateCount, count);
            new Span<float>(kept + row, count).Clear();
        }
    }

    private void Row(float* gates, float* product, int unit, float* before, float* after, float* kept, int count)
    {
        float* bias = _bias + unit;
        int units = Units;
        for (int j = 0; j < count; j += S.Width)
        {
            int left = count - j;
            V r = VectorMath.Sigmoid<S, V, I>(S.Add(S.Load(gates + j), S.Add(S.Load(product + j), S.Load(bias + j))));
            V z = VectorMath.Sigmoid<S, V, I>(S.Add(S.Load(gates + units + j), S.Add(S.Load(product + BlockWidth + j), S.Load(bias + units + j))));
            V q = S.Add(S.Load(product + (2 * BlockWidth) + j), S.Load(bias + (2 * units) + j));
            V n = VectorMath.Tanh<S, V, I>(S.FusedMultiplyAdd(r, q, S.Load(gates + (2 * units) + j)));
            Store<S, V, I>(S.FusedMultiplyAdd(z, S.Subtract(S.Load(before + j), n), n), after + j, left);
            if (kept == null)
                continue;
            Store<S, V, I>(r, gates + j, left);
            Store<S, V, I>(z, gates + units + j, left);
            Store<S, V, I>(n, gates + (2 * units) + j, left);
            Store<S, V, I>(q, kept + j, left);
        }
    }

    /// <summary>dn = dh (1 - z)(1 - n^2), dz = dh (h' - n) z (1 - z), dr = dn q r (1 - r), all before the functions; dh' = dh z + ...</summary>
    private void RowBackward(float* gradient, float* carry, float* before, float* gates, float* kept, float* bias, int count)
    {
        V one = S.Create(1);
        int units = Units, padded = Padded;
        for (int j = 0; j < count; j += S.Width)
        {
            int left = count - j;
            V dh = S.Add(S.Load(carry + j), S.Load(gradient + j));
            V r = S.Load(gates + j), z = S.Load(gates + units + j), n = S.Load(gates + (2 * units) + j);
            V dn = S.Multiply(S.Multiply(dh, S.Subtract(one, z)), S.Subtract(one, S.Multiply(n, n)));
            V dz = S.Multiply(S.Multiply(dh, S.Subtract(S.Load(before + j), n)), S.Multiply(z, S.Subtract(one, z)));
            V dr = S.Multiply(S.Multiply(dn, S.Load(kept + j)), S.Multiply(r, S.Subtract(one, r)));
            V dq = S.Multiply(dn, r);
            S.Store(S.Multiply(dh, z), carry + j);
            Store<S, V, I>(dr, gates + j, left);
            Store<S, V, I>(dz, gates + units + j, left);
            Store<S, V, I>(dn, gates + (2 * units) + j, left);
            Store<S, V, I>(dq, kept + j, left);
            S.Store(S.Add(S.Load(bias + j), dr), bias + j);
            S.Store(S.Add(S.Load(bias + padded + j), dz), bias + padded + j);
            S.Store(S.Add(S.Load(bias + (2 * padded) + j), dq), bias + (2 * padded) + j);
        }
    }
}
