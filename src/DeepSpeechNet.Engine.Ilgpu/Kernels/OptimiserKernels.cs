using DeepSpeechNet.Engine.Training;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What the sums of losses and squares take.</summary>
internal struct StepArguments
{
    public ArrayView<float> X;
    public ArrayView<int> Indices;
    public ArrayView<float> State;

    /// <summary>[<see cref="StepKernels.Strands"/>]: sums of squares.</summary>
    public ArrayView<double> Partial;

    /// <summary>[<see cref="StepKernels.Bundles"/>].</summary>
    public ArrayView<double> Bundled;
    public int Count;
    public int Columns;
    public int HasIndices;
    public int Accumulate;
    public float MaximumNorm;
}

/// <summary>What an optimiser's step takes.</summary>
internal struct OptimiserArguments
{
    public ArrayView<float> Values;
    public ArrayView<float> Gradients;
    public ArrayView<float> First;
    public ArrayView<float> Second;
    public ArrayView<float> State;

    /// <summary>The rows of the table that the gradient's rows belong to.</summary>
    public ArrayView<int> Indices;
    public int Count;

    /// <summary>The columns of a table of which some rows have a gradient; 0 for dense gradients.</summary>
    public int Columns;
    public int Rule;
    public float Momentum;
    public float SecondMomentum;
    public float FirstWeight;
    public float SecondWeight;
    public float Epsilon;
    public float Rate;
    public float CorrectedRate;
    public float RootCorrection;
    public float CoupledDecay;
    public float Shrink;
}

/// <summary>The scalars of a training step; they stay on the device.</summary>
internal static class StepKernels
{
    /// <summary>Sums of squares side by side: element i goes to sum i mod this, whatever the card.</summary>
    public const int Strands = 8192;

    /// <summary>Sums that the strands are added up to before the last one.</summary>
    public const int Bundles = 64;

    /// <summary>The losses of a step; one lane.</summary>
    public static void SumLosses(StepArguments a)
    {
        if (Grid.IdxX != 0 || Group.IdxX != 0)
            return;
        double sum = 0;
        int scored = 0, impossible = 0, faults = 0;
        for (int i = 0; i < a.Count; i++)
        {
            float loss = a.X[i];
            if (a.HasIndices != 0 && a.Indices[i] < 0)
                continue;
            if (loss == float.PositiveInfinity)
            {
                impossible++;
            }
            else if (KernelMath.IsFinite(loss))
            {
                sum += loss;
                scored++;
            }
            else
            {
                faults++;
            }
        }

        a.State[StepState.LossSum] = (float)sum;
        a.State[StepState.Utterances] = scored;
        a.State[StepState.Impossible] = impossible;
        a.State[StepState.Skip] = faults > 0 ? 1f : 0f;
    }

    /// <summary>Sums of squares, one lane a strand; rows of negative indices are left out.</summary>
    public static void Squares(StepArguments a)
    {
        int strand = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (strand >= Strands)
            return;
        double sum = a.Accumulate != 0 ? a.Partial[strand] : 0;
        for (int i = strand; i < a.Count; i += Strands)
        {
            if (a.HasIndices != 0 && a.Indices[i / a.Columns] < 0)
                continue;
            double x = a.X[i];
            sum += x * x;
        }

        a.Partial[strand] = sum;
    }

    /// <summary>Adds up the strands of a bundle.</summary>
    public static void Bundle(StepArguments a)
    {
        int bundle = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (bundle >= Bundles)
            return;
        double sum = 0;
        for (int i = bundle; i < Strands; i += Bundles)
            sum += a.Partial[i];
        a.Bundled[bundle] = sum;
    }

    /// <summary>The norm and what follows from it; one lane.</summary>
    public static void Norm(StepArguments a)
    {
        if (Grid.IdxX != 0 || Group.IdxX != 0)
            return;
        double sum = 0;
        for (int i = 0; i < Bundles; i++)
            sum += a.Bundled[i];
        double norm = Math.Sqrt(sum);
        a.State[StepState.GradientNorm] = (float)norm;
        a.State[StepState.ClipFactor] = a.MaximumNorm > 0 && norm > a.MaximumNorm ? (float)(a.MaximumNorm / norm) : 1;
        if (!KernelMath.IsFinite(norm))
        {
            a.State[StepState.Skip] = 1;
            a.State[StepState.ClipFactor] = 0;
        }
    }
}

/// <summary>The update rules over flat buffers; one lane a parameter.</summary>
internal static class OptimiserKernels
{
    /// <summary>w -= rate g.</summary>
    public const int Plain = 0;

    /// <summary>v = momentum v + g; w -= rate v.</summary>
    public const int Momentum = 1;

    /// <summary>v = momentum v + g; w -= rate (g + momentum v).</summary>
    public const int Nesterov = 2;

    /// <summary>Adam.</summary>
    public const int Adam = 3;

    /// <summary>One step, unless the state says to skip.</summary>
    public static void Step(OptimiserArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count || a.State[StepState.Skip] != 0)
            return;
        int at = i;
        if (a.Columns > 0)
        {
            int row = i / a.Columns, index = a.Indices[row];
            if (index < 0)
                return;
            at = (index * a.Columns) + i - (row * a.Columns);
        }

        float weight = a.Values[at], gradient = (a.CoupledDecay * weight) + (a.State[StepState.ClipFactor] * a.Gradients[i]);
        float change;
        if (a.Rule == Adam)
        {
            float first = (a.Momentum * a.First[at]) + (a.FirstWeight * gradient);
            float second = (a.SecondMomentum * a.Second[at]) + (a.SecondWeight * gradient * gradient);
            a.First[at] = first;
            a.Second[at] = second;
            change = a.CorrectedRate * (first / ((a.RootCorrection * MathF.Sqrt(second)) + a.Epsilon));
        }
        else if (a.Rule == Plain)
        {
            change = a.Rate * gradient;
        }
        else
        {
            float velocity = (a.Momentum * a.First[at]) + gradient;
            a.First[at] = velocity;
            change = a.Rate * (a.Rule == Momentum ? velocity : gradient + (a.Momentum * velocity));
        }

        a.Values[at] = weight - (change + (a.Shrink * weight));
    }
}
