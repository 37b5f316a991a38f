using DeepSpeechNet.Engine.Devices;

namespace DeepSpeechNet.Testing.Reference;

/// <summary>
/// One direction of a recurrent layer in double precision, written element by element from the equations of <see cref="CellKind"/>, with no
/// thought of speed: what the devices are compared with. Its gradients come from central differences over <see cref="Run"/>.
/// </summary>
public sealed class ReferenceRecurrence
{
    private readonly CellKind _cell;
    private readonly int _time;
    private readonly int _batch;
    private readonly int _hidden;
    private readonly int _gates;
    private readonly int[] _lengths;
    private readonly bool _reverse;

    /// <summary>A direction of the given extents.</summary>
    public ReferenceRecurrence(CellKind cell, int time, int batch, int hidden, int[] lengths, bool reverse)
    {
        _cell = cell;
        _time = time;
        _batch = batch;
        _hidden = hidden;
        _gates = cell.Gates();
        _lengths = lengths;
        _reverse = reverse;
        X = new double[time * batch * _gates * hidden];
        U = new double[_gates * hidden * hidden];
        Bias = cell == CellKind.GruResetAfter ? new double[_gates * hidden] : [];
        Peephole = cell switch
        {
            CellKind.LstmPeephole => new double[3 * hidden],
            CellKind.LstmFullPeephole => new double[3 * hidden * hidden],
            _ => [],
        };
        H0 = new double[batch * hidden];
        C0 = cell.HasCellState() ? new double[batch * hidden] : [];
        H = new double[time * batch * hidden];
        C = new double[cell.HasCellState() ? time * batch * hidden : 0];
    }

    /// <summary>The input's part of the gates, [T, B, G*H].</summary>
    public double[] X { get; }

    /// <summary>The recurrent weights, [G*H, H].</summary>
    public double[] U { get; }

    /// <summary>The recurrent bias, [G*H]; empty where the cell has none.</summary>
    public double[] Bias { get; }

    /// <summary>Peepholes, [3, H] or [3*H, H]; empty where the cell has none.</summary>
    public double[] Peephole { get; }

    /// <summary>h before the first step, [B, H].</summary>
    public double[] H0 { get; }

    /// <summary>c before the first step, [B, H]; empty where the cell has none.</summary>
    public double[] C0 { get; }

    /// <summary>The result h, [T, B, H].</summary>
    public double[] H { get; }

    /// <summary>The result c, [T, B, H]; empty where the cell has none.</summary>
    public double[] C { get; }

    /// <summary>The final c, [B, H]: that of the last frame in the order of running.</summary>
    public ReadOnlySpan<double> FinalCell => C.AsSpan(_reverse ? 0 : (_time - 1) * _batch * _hidden, _batch * _hidden);

    /// <summary>Runs all frames of all utterances.</summary>
    public void Run()
    {
        for (int b = 0; b < _batch; b++)
        {
            double[] h = H0.AsSpan(b * _hidden, _hidden).ToArray();
            double[] c = C0.Length == 0 ? [] : C0.AsSpan(b * _hidden, _hidden).ToArray();
            for (int s = 0; s < _time; s++)
            {
                int t = _reverse ? _time - 1 - s : s;
                if (t < _lengths[b])
                    (h, c) = Step(t, b, h, c);
                h.CopyTo(H, ((t * _batch) + b) * _hidden);
                if (C.Length > 0)
                    c.CopyTo(C, ((t * _batch) + b) * _hidden);
            }
        }
    }

    private (double[] H, double[] C) Step(int t, int b, double[] h, double[] c)
    {
        double[] next = new double[_hidden];
        switch (_cell)
        {
            case CellKind.Tanh:
                for (int j = 0; j < _hidden; j++)
                    next[j] = Math.Tanh(Input(t, b, 0, j) + Recur(0, j, h));
                return (next, c);

            case CellKind.ClippedRelu:
                for (int j = 0; j < _hidden; j++)
                    next[j] = Math.Min(Math.Max(0, Input(t, b, 0, j) + Recur(0, j, h)), 20);
                return (next, c);

            case CellKind.GruResetBefore:
                double[] resetHidden = new double[_hidden];
                for (int j = 0; j < _hidden; j++)
                    resetHidden[j] = Sigmoid(Input(t, b, 0, j) + Recur(0, j, h)) * h[j];
                for (int j = 0; j < _hidden; j++)
                {
                    double z = Sigmoid(Input(t, b, 1, j) + Recur(1, j, h));
                    double n = Math.Tanh(Input(t, b, 2, j) + Recur(2, j, resetHidden));
                    next[j] = ((1 - z) * h[j]) + (z * n);
                }

                return (next, c);

            case CellKind.GruResetAfter:
                for (int j = 0; j < _hidden; j++)
                {
                    double r = Sigmoid(Input(t, b, 0, j) + Recur(0, j, h) + Bias[j]);
                    double z = Sigmoid(Input(t, b, 1, j) + Recur(1, j, h) + Bias[_hidden + j]);
                    double n = Math.Tanh(Input(t, b, 2, j) + (r * (Recur(2, j, h) + Bias[(2 * _hidden) + j])));
                    next[j] = ((1 - z) * n) + (z * h[j]);
                }

                return (next, c);

            default:
                double[] nextCell = new double[_hidden];
                for (int j = 0; j < _hidden; j++)
                {
                    double i = Sigmoid(Input(t, b, 0, j) + Recur(0, j, h) + Peep(0, j, c));
                    double f = Sigmoid(Input(t, b, 1, j) + Recur(1, j, h) + Peep(1, j, c));
                    double g = Math.Tanh(Input(t, b, 2, j) + Recur(2, j, h));
                    nextCell[j] = (f * c[j]) + (i * g);
                }

                for (int j = 0; j < _hidden; j++)
                {
                    double o = Sigmoid(Input(t, b, 3, j) + Recur(3, j, h) + Peep(2, j, nextCell));
                    next[j] = o * Math.Tanh(nextCell[j]);
                }

                return (next, nextCell);
        }
    }

    private double Input(int t, int b, int gate, int j) => X[(((((t * _batch) + b) * _gates) + gate) * _hidden) + j];

    private double Recur(int gate, int j, double[] h)
    {
        double sum = 0;
        for (int k = 0; k < _hidden; k++)
            sum += U[(((gate * _hidden) + j) * _hidden) + k] * h[k];
        return sum;
    }

    private double Peep(int gate, int j, double[] c)
    {
        if (_cell == CellKind.LstmPeephole)
            return Peephole[(gate * _hidden) + j] * c[j];
        if (_cell != CellKind.LstmFullPeephole)
            return 0;
        double sum = 0;
        for (int k = 0; k < _hidden; k++)
            sum += Peephole[(((gate * _hidden) + j) * _hidden) + k] * c[k];
        return sum;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
