using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What the kernels over rows of logits take.</summary>
internal struct SoftmaxArguments
{
    public ArrayView<float> X;
    public ArrayView<float> Y;
    public ArrayView<float> Above;
    public ArrayView<int> Targets;
    public ArrayView<float> Losses;

    /// <summary>[R]: one more logit behind each row, with its gradient beside.</summary>
    public ArrayView<float> Extra;
    public ArrayView<float> ExtraGradient;

    /// <summary>[classes]: what the columns stand for, where they are samples.</summary>
    public ArrayView<int> Samples;
    public int Classes;
    public int HasExtra;
    public int HasGradient;
    public int Accumulate;
    public float Scale;
}

/// <summary>Softmax, its logarithm and cross-entropy: one group a row; sums in double precision.</summary>
internal static class SoftmaxKernels
{
    /// <summary>y = x - log sum exp x.</summary>
    [MeetsAtBarriers]
    public static void LogSoftmax(SoftmaxArguments a)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupSums.MostLanes);
        int start = Grid.IdxX * a.Classes;
        double maximum = double.NegativeInfinity;
        for (int c = Group.IdxX; c < a.Classes; c += Group.DimX)
            maximum = a.X[start + c] > maximum ? a.X[start + c] : maximum;
        maximum = GroupSums.Maximum(shared, maximum);
        double sum = 0;
        for (int c = Group.IdxX; c < a.Classes; c += Group.DimX)
            sum += KernelMath.Exp(a.X[start + c] - (float)maximum);
        double normaliser = maximum + KernelMath.Log(GroupSums.Sum(shared, sum));
        for (int c = Group.IdxX; c < a.Classes; c += Group.DimX)
            a.Y[start + c] = (float)(a.X[start + c] - normaliser);
    }

    /// <summary>y (+)= dy - exp(x) sum dy, where x holds log-softmax's result.</summary>
    [MeetsAtBarriers]
    public static void LogSoftmaxBackward(SoftmaxArguments a)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupSums.MostLanes);
        int start = Grid.IdxX * a.Classes;
        double sum = 0;
        for (int c = Group.IdxX; c < a.Classes; c += Group.DimX)
            sum += a.Above[start + c];
        sum = GroupSums.Sum(shared, sum);
        for (int c = Group.IdxX; c < a.Classes; c += Group.DimX)
        {
            float value = (float)(a.Above[start + c] - (KernelMath.Exp(a.X[start + c]) * sum));
            a.Y[start + c] = a.Accumulate != 0 ? a.Y[start + c] + value : value;
        }
    }

    /// <summary>
    /// losses[r] = log sum exp - the target's logit, and y = scale (softmax - 1 at the target), perhaps over x itself. With an extra logit that one is the
    /// target, and samples that are the row's target become minus infinity.
    /// </summary>
    [MeetsAtBarriers]
    public static void CrossEntropy(SoftmaxArguments a)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupSums.MostLanes);
        int row = Grid.IdxX, start = row * a.Classes, target = a.Targets[row];
        bool extra = a.HasExtra != 0, padding = target < 0, outside = !extra && target >= a.Classes;
        double wanted = padding || outside ? double.NaN : extra ? a.Extra[row] : a.X[start + target];
        double maximum = extra ? a.Extra[row] : double.NegativeInfinity;
        for (int c = Group.IdxX; c < a.Classes; c += Group.DimX)
        {
            if (extra && !padding && a.Samples[c] == target)
                a.X[start + c] = float.NegativeInfinity;
            maximum = a.X[start + c] > maximum ? a.X[start + c] : maximum;
        }

        maximum = GroupSums.Maximum(shared, maximum);
        double sum = 0;
        for (int c = Group.IdxX; c < a.Classes; c += Group.DimX)
            sum += KernelMath.Exp(a.X[start + c] - (float)maximum);
        double extraTerm = extra ? KernelMath.Exp(a.Extra[row] - maximum) : 0;
        sum = GroupSums.Sum(shared, sum) + extraTerm;
        double loss = KernelMath.Log(sum) - (wanted - maximum);
        bool usable = KernelMath.IsFinite(loss);
        if (a.HasGradient != 0)
        {
            for (int c = Group.IdxX; c < a.Classes; c += Group.DimX)
            {
                float share = (float)(a.Scale / sum) * KernelMath.Exp(a.X[start + c] - (float)maximum);
                a.Y[start + c] = usable ? (!extra && c == target ? share - a.Scale : share) : 0;
            }
        }

        if (Group.IdxX != 0)
            return;
        a.Losses[row] = padding ? 0 : !usable && a.HasGradient != 0 ? float.NaN : (float)loss;
        if (extra && a.HasGradient != 0)
            a.ExtraGradient[row] = usable ? (float)(a.Scale * ((extraTerm / sum) - 1)) : 0;
    }
}
