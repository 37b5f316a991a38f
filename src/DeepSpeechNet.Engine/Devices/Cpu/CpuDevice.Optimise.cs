using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <summary>Fewer parameters than this a thread are not worth waking one.</summary>
    private const int WorthwhileParameters = 32 * 1024;

    private double[] _blockSums = [];

    /// <inheritdoc/>
    public override void SumLosses(Tensor losses, Tensor state, Tensor? targets = null)
    {
        ArgumentNullException.ThrowIfNull(losses);
        CheckCount(targets, losses.Count, nameof(targets));
        int* target = targets is null ? null : Integers(targets);
        float* values = State(state);
        ReadOnlySpan<float> all = new(Floats(losses), checked((int)losses.Count));
        double sum = 0;
        int scored = 0, impossible = 0, unscorable = 0;
        for (int i = 0; i < all.Length; i++)
        {
            float loss = all[i];
            if (target != null && target[i] < 0)
                continue;
            if (float.IsPositiveInfinity(loss))
            {
                impossible++;
            }
            else if (float.IsFinite(loss))
            {
                sum += loss;
                scored++;
            }
            else
            {
                unscorable++;
            }
        }

        values[StepState.LossSum] = (float)sum;
        values[StepState.Utterances] = scored;
        values[StepState.Impossible] = impossible;
        values[StepState.Skip] = unscorable > 0 ? 1 : 0;
    }

    /// <inheritdoc/>
    public override void GradientNorm(Tensor gradients, ReadOnlySpan<RowGradient> rows, float maximumNorm, Tensor state)
    {
        float* values = State(state);
        double total = SumOfSquares(Floats(gradients), gradients.Count);
        foreach (RowGradient part in rows)
            total += SumOfSquares(Floats(part.Rows), (long)LiveRows(part) * part.Rows.Shape.Columns);
        double norm = Math.Sqrt(total);
        values[StepState.GradientNorm] = (float)norm;
        if (!double.IsFinite(norm))
        {
            values[StepState.Skip] = 1;
            values[StepState.ClipFactor] = 0;
        }
        else
        {
            values[StepState.ClipFactor] = maximumNorm > 0 && norm > maximumNorm ? (float)(maximumNorm / norm) : 1;
        }
    }

    private double SumOfSquares(float* g, long count)
    {
        int blocks = checked((int)((count + ReductionKernels.Block - 1) / ReductionKernels.Block));
        if (_blockSums.Length < blocks)
            _blockSums = new double[blocks];
        double[] sums = _blockSums;
        ForRanges(count, ReductionKernels.Block, WorthwhileParameters, (first, end) =>
        {
            for (long at = first; at < end; at += ReductionKernels.Block)
                sums[at / ReductionKernels.Block] = ReductionKernels.SumOfSquares(g + at, (int)Math.Min(ReductionKernels.Block, end - at));
        });

        double total = 0;
        for (int i = 0; i < blocks; i++)
            total += sums[i];
        return total;
    }

    /// <inheritdoc/>
    public override void ClipValues(Tensor gradients, float limit)
    {
        if (!(limit > 0))
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "The limit of a gradient must be above 0.");
        float* g = Floats(gradients);
        ForRanges(gradients.Count, ReductionKernels.Block, WorthwhileParameters, (first, end) => OptimiserKernels.Clip(g + first, end - first, limit));
    }

    /// <inheritdoc/>
    public override void Optimise(in OptimiserStep step, Tensor values, Tensor gradients, Tensor? firstMoment, Tensor? secondMoment, Tensor state)
    {
        float* scalars = State(state);
        long count = values.Count;
        CheckCount(gradients, count, nameof(gradients));
        CheckMoments(step, count, firstMoment, secondMoment);
        if (scalars[StepState.Skip] != 0)
            return;

        OptimiserFactors factors = new(step, scalars[StepState.ClipFactor]);
        OptimiserKind kind = step.Kind;
        float* w = Floats(values);
        float* g = Floats(gradients);
        float* m = FloatsOrNull(firstMoment);
        float* v = FloatsOrNull(secondMoment);
        ForRanges(count, ReductionKernels.Block, WorthwhileParameters, (first, end) => OptimiserKernels.Apply(kind, factors, w, g + first, m, v, first, end - first));
        values.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void OptimiseRows(in OptimiserStep step, Tensor values, RowGradient gradient, Tensor? firstMoment, Tensor? secondMoment, Tensor state)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        float* scalars = State(state);
        CheckRows(values, gradient.Indices, gradient.Rows);
        CheckMoments(step, values.Count, firstMoment, secondMoment);
        if (scalars[StepState.Skip] != 0)
            return;

        OptimiserFactors factors = new(step, scalars[StepState.ClipFactor]);
        OptimiserKind kind = step.Kind;
        float* w = Floats(values);
        float* g = Floats(gradient.Rows);
        float* m = FloatsOrNull(firstMoment);
        float* v = FloatsOrNull(secondMoment);
        int* index = Integers(gradient.Indices);
        int columns = values.Shape.Columns;
        ForRanges(LiveRows(gradient), 1, Math.Max(1, WorthwhileParameters / columns), (first, end) =>
        {
            for (long r = first; r < end; r++)
                OptimiserKernels.Apply(kind, factors, w, g + (r * columns), m, v, (long)index[r] * columns, columns);
        });
        values.Buffer.MarkChanged();
    }

    /// <summary>How many rows of a gradient without duplicates are any: those before the first negative index.</summary>
    private static int LiveRows(RowGradient gradient)
    {
        int* index = Integers(gradient.Indices);
        int count = 0;
        while (count < gradient.Indices.Count && index[count] >= 0)
            count++;
        return count;
    }

    private static void CheckMoments(in OptimiserStep step, long count, Tensor? firstMoment, Tensor? secondMoment)
    {
        CheckCount(firstMoment, count, nameof(firstMoment));
        CheckCount(secondMoment, count, nameof(secondMoment));
        if (firstMoment is null && (step.Kind != OptimiserKind.Sgd || step.Momentum != 0))
            throw new ArgumentNullException(nameof(firstMoment), $"{step.Kind} with momentum {step.Momentum} keeps a first moment.");
        if (secondMoment is null && step.Kind == OptimiserKind.Adam)
            throw new ArgumentNullException(nameof(secondMoment), "Adam keeps a second moment.");
    }

    private static float* State(Tensor state)
    {
        CheckCount(state, StepState.Length, nameof(state));
        return Floats(state);
    }

    private static void CheckCount(Tensor? tensor, long count, string name)
    {
        if (tensor is not null && tensor.Count != count)
            throw new ArgumentException($"The tensor {tensor} must have {count} elements.", name);
    }
}
