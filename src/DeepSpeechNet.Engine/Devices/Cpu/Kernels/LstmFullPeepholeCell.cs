using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// <see cref="CellKind.LstmFullPeephole"/>: as <see cref="LstmCell{S, V, I}"/>, with i and f seeing P c' and o seeing P_o c. The output gate needs c of all units, so
/// a step has two phases forwards, and three backwards.
/// </summary>
internal sealed unsafe class LstmFullPeepholeCell<S, V, I>(
    RecurrentDirection direction, Tensor lengths, in RecurrentWorkspace workspace, bool training, PackedMatrix weight, PackedMatrix peephole, PackedMatrix outputPeephole)
    : RecurrentCell(direction, lengths, workspace)
    where S : ISimd<V, I>
    where V : struct
    where I : struct
{
    private const int GateCount = 4;

    public override int ScratchSize => Batch * BlocksAtOnce * (GateCount + 2) * BlockWidth;

    public override int ForwardPhases => 2;

    public override int BackwardPhases => 3;

    public override void Forward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        float* before = HiddenBefore(step), after = At(Hidden, time), gates = At(Gates, time, GateCount);
        float* cellBefore = CellBefore(step), cellAfter = At(Cell, time);
        for (int group = first; group < end; group += BlocksAtOnce)
        {
            int blocks = Math.Min(BlocksAtOnce, end - group), panels = phase == 0 ? GateCount : 1, stride = blocks * panels * BlockWidth;
            float* seen = scratch + (Batch * stride);
            if (rows > 0 && phase == 0)
            {
                Multiply<S, V, I>(rows, before, Units, weight, group * GateCount, blocks * GateCount, scratch, stride, accumulate: false);
                Multiply<S, V, I>(rows, cellBefore, Units, peephole, group * 2, blocks * 2, seen, stride / 2, accumulate: false);
            }
            else if (rows > 0)
            {
                Multiply<S, V, I>(rows, cellAfter, Units, outputPeephole, group, blocks, scratch, stride, accumulate: false);
            }

            for (int b = 0; b < Batch; b++)
            {
                nint row = (nint)b * Units;
                for (int i = 0; i < blocks; i++)
                {
                    int unit = (group + i) * BlockWidth, count = Math.Min(BlockWidth, Units - unit);
                    nint at = row + unit;
                    float* product = scratch + (b * stride) + (i * panels * BlockWidth), gate = gates + (GateCount * row) + unit;
                    if (Lengths[b] <= time)
                        Copy((phase == 0 ? cellBefore : before) + at, (phase == 0 ? cellAfter : after) + at, count);
                    else if (phase == 0)
                        CellRow(gate, product, seen + (b * stride / 2) + (i * 2 * BlockWidth), cellBefore + at, cellAfter + at, count);
                    else
                        OutputRow(gate + (3 * Units), product, cellAfter + at, after + at, count);
                }
            }
        }
    }

    public override void Backward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        int unit = first * BlockWidth, count = Math.Min(end * BlockWidth, Units) - unit, gateStride = GateCount * Units;
        float* gates = At(Gates, time, GateCount), gradient = At(HiddenGradient, time), cellBefore = CellBefore(step), cellAfter = At(Cell, time);
        if (phase == 2)
        {
            if (rows == 0)
                return;
            Multiply<S, V, I>(rows, gates, gateStride, weight, first, end - first, HiddenCarry + unit, Padded, accumulate: true);
            Multiply<S, V, I>(rows, gates, gateStride, peephole, first, end - first, CellCarry + unit, Padded, accumulate: true);
            return;
        }

        if (phase == 1 && rows > 0)
            Multiply<S, V, I>(rows, gates + (3 * Units), gateStride, outputPeephole, first, end - first, CellCarry + unit, Padded, accumulate: true);
        for (int b = 0; b < Batch; b++)
        {
            nint row = ((nint)b * Units) + unit;
            float* carry = HiddenCarry + ((nint)b * Padded) + unit, cellCarry = CellCarry + ((nint)b * Padded) + unit;
            float* gate = gates + ((nint)b * gateStride) + unit;
            if (Lengths[b] > time && phase == 0)
                OutputBackward(gradient + row, carry, cellCarry, gate + (3 * Units), cellAfter + row, count);
            else if (Lengths[b] > time)
                CellBackward(cellCarry, gate, cellBefore + row, count);
            else if (phase == 0)
                HoldGradient(gradient + row, carry, gate, GateCount, count);
        }
    }

    private void CellRow(float* gates, float* product, float* seen, float* cellBefore, float* cellAfter, int count)
    {
        int units = Units;
        for (int j = 0; j < count; j += S.Width)
        {
            int left = count - j;
            V i = VectorMath.Sigmoid<S, V, I>(S.Add(S.Load(gates + j), S.Add(S.Load(product + j), S.Load(seen + j))));
            V f = VectorMath.Sigmoid<S, V, I>(S.Add(S.Load(gates + units + j), S.Add(S.Load(product + BlockWidth + j), S.Load(seen + BlockWidth + j))));
            V g = VectorMath.Tanh<S, V, I>(S.Add(S.Load(gates + (2 * units) + j), S.Load(product + (2 * BlockWidth) + j)));
            Store<S, V, I>(S.FusedMultiplyAdd(f, S.Load(cellBefore + j), S.Multiply(i, g)), cellAfter + j, left);
            Store<S, V, I>(S.Add(S.Load(gates + (3 * units) + j), S.Load(product + (3 * BlockWidth) + j)), gates + (3 * units) + j, left);
            if (!training)
                continue;
            Store<S, V, I>(i, gates + j, left);
            Store<S, V, I>(f, gates + units + j, left);
            Store<S, V, I>(g, gates + (2 * units) + j, left);
        }
    }

    private void OutputRow(float* gate, float* product, float* cellAfter, float* after, int count)
    {
        for (int j = 0; j < count; j += S.Width)
        {
            V o = VectorMath.Sigmoid<S, V, I>(S.Add(S.Load(gate + j), S.Load(product + j)));
            Store<S, V, I>(S.Multiply(o, VectorMath.Tanh<S, V, I>(S.Load(cellAfter + j))), after + j, count - j);
            if (training)
                Store<S, V, I>(o, gate + j, count - j);
        }
    }

    /// <summary>do = dh tanh c o (1 - o) before the function; dc += dh o (1 - tanh^2 c), to which do P_o is added next.</summary>
    private static void OutputBackward(float* gradient, float* carry, float* cellCarry, float* gate, float* cellAfter, int count)
    {
        V one = S.Create(1);
        for (int j = 0; j < count; j += S.Width)
        {
            V dh = S.Add(S.Load(carry + j), S.Load(gradient + j)), o = S.Load(gate + j), tanh = VectorMath.Tanh<S, V, I>(S.Load(cellAfter + j));
            S.Store(S.Create(0), carry + j);
            S.Store(S.FusedMultiplyAdd(S.Multiply(dh, o), S.Subtract(one, S.Multiply(tanh, tanh)), S.Load(cellCarry + j)), cellCarry + j);
            Store<S, V, I>(S.Multiply(S.Multiply(dh, tanh), S.Multiply(o, S.Subtract(one, o))), gate + j, count - j);
        }
    }

    /// <summary>di = dc g i (1 - i), df = dc c' f (1 - f), dg = dc i (1 - g^2), before the functions; dc' = dc f, to which di P_i + df P_f is added next.</summary>
    private void CellBackward(float* cellCarry, float* gates, float* cellBefore, int count)
    {
        V one = S.Create(1);
        int units = Units;
        for (int j = 0; j < count; j += S.Width)
        {
            V dc = S.Load(cellCarry + j), i = S.Load(gates + j), f = S.Load(gates + units + j), g = S.Load(gates + (2 * units) + j);
            S.Store(S.Multiply(dc, f), cellCarry + j);
            Store<S, V, I>(S.Multiply(S.Multiply(dc, g), S.Multiply(i, S.Subtract(one, i))), gates + j, count - j);
            Store<S, V, I>(S.Multiply(S.Multiply(dc, S.Load(cellBefore + j)), S.Multiply(f, S.Subtract(one, f))), gates + units + j, count - j);
            Store<S, V, I>(S.Multiply(S.Multiply(dc, i), S.Subtract(one, S.Multiply(g, g))), gates + (2 * units) + j, count - j);
        }
    }
}
