using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using ILGPU;
using OptimiserKernels = DeepSpeechNet.Engine.Ilgpu.Kernels.OptimiserKernels;

namespace DeepSpeechNet.Engine.Ilgpu;

public sealed partial class IlgpuDevice
{
    /// <inheritdoc/>
    public override void SumLosses(Tensor losses, Tensor state, Tensor? targets = null)
    {
        CheckCount(targets, Checked(losses).Count, nameof(targets));
        StepArguments a = Step(losses, state);
        a.HasIndices = Flag(targets is not null);
        a.Indices = targets is null ? NoIntegers : Integers(targets);
        _machine.Launch(StepKernels.SumLosses, new Extent(1), new Extent(1), a);
    }

    /// <inheritdoc/>
    public override void GradientNorm(Tensor gradients, ReadOnlySpan<RowGradient> rows, float maximumNorm, Tensor state)
    {
        StepArguments a = Step(gradients, state);
        a.MaximumNorm = maximumNorm;
        a.Partial = Scratch<double>(StepKernels.Strands, out MachineBuffer partial);
        a.Bundled = Scratch<double>(StepKernels.Bundles, out MachineBuffer bundled);
        Each(StepKernels.Squares, StepKernels.Strands, a);
        foreach (RowGradient part in rows)
        {
            Each(StepKernels.Squares, StepKernels.Strands, a with
            {
                X = Floats(part.Rows),
                Indices = Integers(part.Indices),
                Count = (int)part.Rows.Count,
                Columns = part.Rows.Shape.Columns,
                HasIndices = 1,
                Accumulate = 1,
            });
        }

        Each(StepKernels.Bundle, StepKernels.Bundles, a);
        _machine.Launch(StepKernels.Norm, new Extent(1), new Extent(1), a);
        Return(partial);
        Return(bundled);
    }

    /// <inheritdoc/>
    public override void Optimise(in OptimiserStep step, Tensor values, Tensor gradients, Tensor? firstMoment, Tensor? secondMoment, Tensor state)
    {
        CheckCount(Checked(gradients), Checked(values).Count, nameof(gradients));
        OptimiserArguments a = Rule(step, values, firstMoment, secondMoment, state);
        a.Gradients = Floats(gradients);
        a.Count = (int)values.Count;
        Each(OptimiserKernels.Step, values.Count, a);
        values.Buffer.MarkChanged();
    }

    /// <inheritdoc/>
    public override void OptimiseRows(in OptimiserStep step, Tensor values, RowGradient gradient, Tensor? firstMoment, Tensor? secondMoment, Tensor state)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        RowArguments rows = Rows(values, gradient.Indices, gradient.Rows);
        OptimiserArguments a = Rule(step, values, firstMoment, secondMoment, state);
        a.Gradients = rows.Rows;
        a.Indices = rows.Indices;
        a.Columns = rows.Columns;
        a.Count = (int)gradient.Rows.Count;
        Each(OptimiserKernels.Step, a.Count, a);
        values.Buffer.MarkChanged();
    }

    private OptimiserArguments Rule(in OptimiserStep step, Tensor values, Tensor? firstMoment, Tensor? secondMoment, Tensor state)
    {
        CheckCount(firstMoment, values.Count, nameof(firstMoment));
        CheckCount(secondMoment, values.Count, nameof(secondMoment));
        CheckCount(Checked(state), StepState.Length, nameof(state));
        if (firstMoment is null && (step.Kind != OptimiserKind.Sgd || step.Momentum != 0))
            throw new ArgumentNullException(nameof(firstMoment), $"{step.Kind} with momentum {step.Momentum} keeps a first moment.");
        if (secondMoment is null && step.Kind == OptimiserKind.Adam)
            throw new ArgumentNullException(nameof(secondMoment), "Adam keeps a second moment.");
        OptimiserFactors factors = new(step, 1);
        return new OptimiserArguments
        {
            Values = Floats(values),
            Gradients = NoFloats,
            First = FloatsOrNone(firstMoment),
            Second = FloatsOrNone(secondMoment),
            State = Floats(state),
            Indices = NoIntegers,
            Rule = step.Kind == OptimiserKind.Adam ? OptimiserKernels.Adam
                : step.Momentum == 0 ? OptimiserKernels.Plain
                : step.Kind == OptimiserKind.Sgd ? OptimiserKernels.Momentum : OptimiserKernels.Nesterov,
            Momentum = factors.Momentum,
            SecondMomentum = factors.SecondMomentum,
            FirstWeight = factors.FirstWeight,
            SecondWeight = factors.SecondWeight,
            Epsilon = factors.Epsilon,
            Rate = factors.Rate,
            CorrectedRate = factors.CorrectedRate,
            RootCorrection = factors.RootCorrection,
            CoupledDecay = factors.CoupledDecay,
            Shrink = factors.Shrink,
        };
    }

    private StepArguments Step(Tensor x, Tensor state)
    {
        CheckCount(Checked(state), StepState.Length, nameof(state));
        ArrayView<double> none = _none.Bytes.Cast<double>();
        return new StepArguments { X = Floats(x), Indices = NoIntegers, State = Floats(state), Partial = none, Bundled = none, Count = (int)x.Count, Columns = 1 };
    }
}
