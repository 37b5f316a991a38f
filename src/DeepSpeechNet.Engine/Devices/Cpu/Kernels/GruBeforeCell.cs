using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// <see cref="CellKind.GruResetBefore"/>: r, z = sigmoid(x + U h'), s = r h', n = tanh(x_n + U_n s), h = h' + z (n - h'), where h' is the state
/// before. The candidate's product needs s of all units, so a step has two phases forwards, and three backwards.
/// </summary>
internal sealed unsafe class GruBeforeCell<S, V, I>(
    RecurrentDirection direction, Tensor lengths, in RecurrentWorkspace workspace, bool training, PackedMatrix weight, PackedMatrix candidateWeight)
    : RecurrentCell(direction, lengths, workspace)
    where S : ISimd<V, I>
    where V : struct
    where I : struct
{
    private const int GateCount = 3;

    private readonly float* _between = workspace.Between;

    public override int ScratchSize => Batch * BlocksAtOnce * 2 * BlockWidth;

    public override int ForwardPhases => 2;

    public override int BackwardPhases => 3;

    public override void Forward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        float* before = HiddenBefore(step), after = At(Hidden, time), gates = At(Gates, time, GateCount);
        float* reset = _between == null ? At(Kept, time) : _between;
        int panels = phase == 0 ? 2 : 1;
        for (int group = first; group < end; group += BlocksAtOnce)
        {
            int blocks = Math.Min(BlocksAtOnce, end - group), stride = blocks * panels * BlockWidth;
            if (rows > 0)
                Multiply<S, V, I>(rows, phase == 0 ? before : reset, Units, phase == 0 ? weight : candidateWeight, group * panels, blocks * panels, scratch, stride, accumulate: false);
            for (int b = 0; b < Batch; b++)
            {
                nint row = (nint)b * Units;
                for (int i = 0; i < blocks; i++)
                {
                    int unit = (group + i) * BlockWidth, count = Math.Min(BlockWidth, Units - unit);
                    nint at = row + unit;
                    float* product = scratch + (b * stride) + (i * panels * BlockWidth), gate = gates + (GateCount * row) + unit;
                    if (Lengths[b] <= time)
                        Copy(before + at, (phase == 0 ? reset : after) + at, count);
                    else if (phase == 0)
                        ResetRow(gate, product, before + at, reset + at, count);
                    else
                        CandidateRow(gate, product, before + at, after + at, count);
                }
            }
        }
    }

    public override void Backward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        int unit = first * BlockWidth, count = Math.Min(end * BlockWidth, Units) - unit;
        float* gates = At(Gates, time, GateCount), gradient = At(HiddenGradient, time), before = HiddenBefore(step);
        if (phase == 2)
        {
            if (rows > 0 && (step > 0 || WantsInitialGradient))
                Multiply<S, V, I>(rows, gates, GateCount * Units, weight, first, end - first, HiddenCarry + unit, Padded, accumulate: true);
            return;
        }

        if (phase == 1)
        {
            CandidateBackward(time, rows, gates, before, first, end, scratch);
            return;
        }

        for (int b = 0; b < Batch; b++)
        {
            nint row = ((nint)b * Units) + unit;
            float* carry = HiddenCarry + ((nint)b * Padded) + unit, gate = gates + ((nint)b * GateCount * Units) + unit;
            if (Lengths[b] <= time)
                HoldGradient(gradient + row, carry, gate, GateCount, count);
            else
                UpdateBackward(gradient + row, carry, before + row, gate, count);
        }
    }

    private void ResetRow(float* gates, float* product, float* before, float* reset, int count)
    {
        int units = Units;
        for (int j = 0; j < count; j += S.Width)
        {
            V r = VectorMath.Sigmoid<S, V, I>(S.Add(S.Load(gates + j), S.Load(product + j)));
            V z = VectorMath.Sigmoid<S, V, I>(S.Add(S.Load(gates + units + j), S.Load(product + BlockWidth + j)));
            Store<S, V, I>(S.Multiply(r, S.Load(before + j)), reset + j, count - j);
            Store<S, V, I>(z, gates + units + j, count - j);
            if (training)
                Store<S, V, I>(r, gates + j, count - j);
        }
    }

    private void CandidateRow(float* gates, float* product, float* before, float* after, int count)
    {
        int units = Units;
        for (int j = 0; j < count; j += S.Width)
        {
            V n = VectorMath.Tanh<S, V, I>(S.Add(S.Load(gates + (2 * units) + j), S.Load(product + j)));
            V z = S.Load(gates + units + j), h = S.Load(before + j);
            Store<S, V, I>(S.FusedMultiplyAdd(z, S.Subtract(n, h), h), after + j, count - j);
            if (training)
                Store<S, V, I>(n, gates + (2 * units) + j, count - j);
        }
    }

    /// <summary>dn = dh z (1 - n^2), dz = dh (n - h') z (1 - z), before the functions; dh' = dh (1 - z) + ...</summary>
    private void UpdateBackward(float* gradient, float* carry, float* before, float* gates, int count)
    {
        V one = S.Create(1);
        int units = Units;
        for (int j = 0; j < count; j += S.Width)
        {
            V dh = S.Add(S.Load(carry + j), S.Load(gradient + j));
            V z = S.Load(gates + units + j), n = S.Load(gates + (2 * units) + j), rest = S.Subtract(one, z);
            V dn = S.Multiply(S.Multiply(dh, z), S.Subtract(one, S.Multiply(n, n)));
            V dz = S.Multiply(S.Multiply(dh, S.Subtract(n, S.Load(before + j))), S.Multiply(z, rest));
            S.Store(S.Multiply(dh, rest), carry + j);
            Store<S, V, I>(dz, gates + units + j, count - j);
            Store<S, V, I>(dn, gates + (2 * units) + j, count - j);
        }
    }

    /// <summary>ds = dn U_n; dr = ds h' r (1 - r) before the function; dh' = ... + ds r.</summary>
    private void CandidateBackward(int time, int rows, float* gates, float* before, int first, int end, float* scratch)
    {
        V one = S.Create(1);
        for (int group = first; group < end && rows > 0; group += BlocksAtOnce)
        {
            int blocks = Math.Min(BlocksAtOnce, end - group), stride = blocks * BlockWidth, unit = group * BlockWidth, count = Math.Min(stride, Units - unit);
            Multiply<S, V, I>(rows, gates + (2 * Units), GateCount * Units, candidateWeight, group, blocks, scratch, stride, accumulate: false);
            for (int b = 0; b < rows; b++)
            {
                if (Lengths[b] <= time)
                    continue;
                float* carry = HiddenCarry + ((nint)b * Padded) + unit, gate = gates + ((nint)b * GateCount * Units) + unit;
                float* h = before + ((nint)b * Units) + unit, product = scratch + (b * stride);
                for (int j = 0; j < count; j += S.Width)
                {
                    V ds = S.Load(product + j), r = S.Load(gate + j);
                    S.Store(S.FusedMultiplyAdd(ds, r, S.Load(carry + j)), carry + j);
                    Store<S, V, I>(S.Multiply(S.Multiply(ds, S.Load(h + j)), S.Multiply(r, S.Subtract(one, r))), gate + j, count - j);
                }
            }
        }
    }
}
