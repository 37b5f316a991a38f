using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// <see cref="CellKind.Lstm"/> and <see cref="CellKind.LstmPeephole"/>: i, f, o = sigmoid and g = tanh of x + U h' (with peepholes i and f also
/// see p c', o sees p c), c = f c' + i g, h = o tanh c, where h' and c' are the states before. Keeps i, f, g, o in the gates.
/// </summary>
internal sealed unsafe class LstmCell<S, V, I>(RecurrentDirection direction, Tensor lengths, in RecurrentWorkspace workspace, bool training, PackedMatrix weight)
    : RecurrentCell(direction, lengths, workspace)
    where S : ISimd<V, I>
    where V : struct
    where I : struct
{
    private const int GateCount = 4;

    private readonly float* _peephole = CpuDevice.FloatsOrNull(direction.Peephole);
    private readonly float* _peepholeGradient = workspace.VectorGradient;

    public override int ScratchSize => Batch * BlocksAtOnce * GateCount * BlockWidth;

    public override void Forward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        float* before = HiddenBefore(step), after = At(Hidden, time), gates = At(Gates, time, GateCount);
        float* cellBefore = CellBefore(step), cellAfter = At(Cell, time);
        for (int group = first; group < end; group += BlocksAtOnce)
        {
            int blocks = Math.Min(BlocksAtOnce, end - group), stride = blocks * GateCount * BlockWidth;
            int unitsFrom = group * BlockWidth, unitCount = Math.Min(blocks * BlockWidth, Units - unitsFrom);
            for (int gate = 0; gate < GateCount; gate++)
                Prefetch(gates + (gate * Units) + unitsFrom, GateCount * Units, rows, unitCount);
            Prefetch(after + unitsFrom, Units, rows, unitCount);
            Prefetch(cellAfter + unitsFrom, Units, rows, unitCount);
            if (rows > 0)
                Multiply<S, V, I>(rows, before, Units, weight, group * GateCount, blocks * GateCount, scratch, stride, accumulate: false);
            for (int b = 0; b < Batch; b++)
            {
                nint row = (nint)b * Units;
                for (int i = 0; i < blocks; i++)
                {
                    int unit = (group + i) * BlockWidth, count = Math.Min(BlockWidth, Units - unit);
                    nint at = row + unit;
                    if (Lengths[b] <= time)
                    {
                        Copy(before + at, after + at, count);
                        Copy(cellBefore + at, cellAfter + at, count);
                        continue;
                    }

                    float* product = scratch + (b * stride) + (i * GateCount * BlockWidth), peephole = _peephole == null ? null : _peephole + unit;
                    Row(gates + (GateCount * row) + unit, product, peephole, cellBefore + at, cellAfter + at, after + at, count);
                }
            }
        }
    }

    public override void Backward(int step, int phase, int first, int end, float* scratch)
    {
        int time = TimeOf(step), rows = RowsAt(time);
        int unit = first * BlockWidth, count = Math.Min(end * BlockWidth, Units) - unit;
        float* gates = At(Gates, time, GateCount);
        if (phase == 1)
        {
            if (rows > 0 && (step > 0 || WantsInitialGradient))
                Multiply<S, V, I>(rows, gates, GateCount * Units, weight, first, end - first, HiddenCarry + unit, Padded, accumulate: true);
            return;
        }

        float* gradient = At(HiddenGradient, time), cellBefore = CellBefore(step), cellAfter = At(Cell, time);
        float* peephole = _peephole == null ? null : _peephole + unit;
        for (int b = 0; b < Batch; b++)
        {
            nint row = ((nint)b * Units) + unit;
            float* carry = HiddenCarry + ((nint)b * Padded) + unit, cellCarry = CellCarry + ((nint)b * Padded) + unit;
            float* gate = gates + ((nint)b * GateCount * Units) + unit;
            if (Lengths[b] <= time)
                HoldGradient(gradient + row, carry, gate, GateCount, count);
            else
                RowBackward(gradient + row, carry, cellCarry, gate, peephole, _peepholeGradient + unit, cellBefore + row, cellAfter + row, count);
        }
    }

    private void Row(float* gates, float* product, float* peephole, float* cellBefore, float* cellAfter, float* after, int count)
    {
        int units = Units;
        for (int j = 0; j < count; j += S.Width)
        {
            int left = count - j;
            V c = S.Load(cellBefore + j);
            V i = S.Add(S.Load(gates + j), S.Load(product + j));
            V f = S.Add(S.Load(gates + units + j), S.Load(product + BlockWidth + j));
            V g = S.Add(S.Load(gates + (2 * units) + j), S.Load(product + (2 * BlockWidth) + j));
            V o = S.Add(S.Load(gates + (3 * units) + j), S.Load(product + (3 * BlockWidth) + j));
            if (peephole != null)
            {
                i = S.FusedMultiplyAdd(S.Load(peephole + j), c, i);
                f = S.FusedMultiplyAdd(S.Load(peephole + units + j), c, f);
            }

            i = VectorMath.Sigmoid<S, V, I>(i);
            f = VectorMath.Sigmoid<S, V, I>(f);
            g = VectorMath.Tanh<S, V, I>(g);
            c = S.FusedMultiplyAdd(f, c, S.Multiply(i, g));
            if (peephole != null)
                o = S.FusedMultiplyAdd(S.Load(peephole + (2 * units) + j), c, o);
            o = VectorMath.Sigmoid<S, V, I>(o);
            Store<S, V, I>(c, cellAfter + j, left);
            Store<S, V, I>(S.Multiply(o, VectorMath.Tanh<S, V, I>(c)), after + j, left);
            if (!training)
                continue;
            Store<S, V, I>(i, gates + j, left);
            Store<S, V, I>(f, gates + units + j, left);
            Store<S, V, I>(g, gates + (2 * units) + j, left);
            Store<S, V, I>(o, gates + (3 * units) + j, left);
        }
    }

    /// <summary>
    /// do = dh tanh c o (1 - o); dc += dh o (1 - tanh^2 c) + do p_o; di = dc g i (1 - i), df = dc c' f (1 - f), dg = dc i (1 - g^2), all before
    /// the functions; dc' = dc f + di p_i + df p_f.
    /// </summary>
    private void RowBackward(float* gradient, float* carry, float* cellCarry, float* gates, float* peephole, float* peepholeGradient, float* cellBefore, float* cellAfter, int count)
    {
        V one = S.Create(1);
        int units = Units, padded = Padded;
        for (int j = 0; j < count; j += S.Width)
        {
            int left = count - j;
            V dh = S.Add(S.Load(carry + j), S.Load(gradient + j));
            V before = S.Load(cellBefore + j), c = S.Load(cellAfter + j), tanh = VectorMath.Tanh<S, V, I>(c);
            V i = S.Load(gates + j), f = S.Load(gates + units + j), g = S.Load(gates + (2 * units) + j), o = S.Load(gates + (3 * units) + j);
            V dO = S.Multiply(S.Multiply(dh, tanh), S.Multiply(o, S.Subtract(one, o)));
            V dc = S.FusedMultiplyAdd(S.Multiply(dh, o), S.Subtract(one, S.Multiply(tanh, tanh)), S.Load(cellCarry + j));
            if (peephole != null)
                dc = S.FusedMultiplyAdd(dO, S.Load(peephole + (2 * units) + j), dc);
            V di = S.Multiply(S.Multiply(dc, g), S.Multiply(i, S.Subtract(one, i)));
            V df = S.Multiply(S.Multiply(dc, before), S.Multiply(f, S.Subtract(one, f)));
            V dg = S.Multiply(S.Multiply(dc, i), S.Subtract(one, S.Multiply(g, g)));
            V dcBefore = S.Multiply(dc, f);
            if (peephole != null)
            {
                dcBefore = S.FusedMultiplyAdd(di, S.Load(peephole + j), dcBefore);
                dcBefore = S.FusedMultiplyAdd(df, S.Load(peephole + units + j), dcBefore);
                S.Store(S.FusedMultiplyAdd(di, before, S.Load(peepholeGradient + j)), peepholeGradient + j);
                S.Store(S.FusedMultiplyAdd(df, before, S.Load(peepholeGradient + padded + j)), peepholeGradient + padded + j);
                S.Store(S.FusedMultiplyAdd(dO, c, S.Load(peepholeGradient + (2 * padded) + j)), peepholeGradient + (2 * padded) + j);
            }

            S.Store(S.Create(0), carry + j);
            S.Store(dcBefore, cellCarry + j);
            Store<S, V, I>(di, gates + j, left);
            Store<S, V, I>(df, gates + units + j, left);
            Store<S, V, I>(dg, gates + (2 * units) + j, left);
            Store<S, V, I>(dO, gates + (3 * units) + j, left);
        }
    }
}
