using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What batch normalisation takes.</summary>
internal struct BatchNormArguments
{
    public ArrayView<float> X;
    public ArrayView<int> Lengths;
    public ArrayView<float> Scale;
    public ArrayView<float> Shift;
    public ArrayView<float> Running;

    /// <summary>[2, F]: mean and 1/sqrt(variance + epsilon).</summary>
    public ArrayView<float> Saved;

    /// <summary>[blocks, 2, F].</summary>
    public ArrayView<double> Partial;
    public ArrayView<float> Y;
    public ArrayView<float> Above;
    public ArrayView<float> ScaleGradient;
    public ArrayView<float> ShiftGradient;

    /// <summary>[3, F]: the gain of the gradient from above, the slope of x - mean, and a shift.</summary>
    public ArrayView<float> Factors;
    public int Rows;
    public int Batch;
    public int Time;
    public int Features;
    public int Blocks;
    public int Training;
    public int Accumulate;
    public float Momentum;
    public float Epsilon;
}

/// <summary>Sequence-wise batch normalisation: sums in double precision over blocks of rows of fixed size, the blocks added in order.</summary>
internal static class BatchNormKernels
{
    /// <summary>Rows of one partial sum.</summary>
    public const int BlockRows = 128;

    /// <summary>Sums of x and x^2 over the real rows of a block; one lane a block and feature.</summary>
    public static void Statistics(BatchNormArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Blocks * a.Features)
            return;
        int block = i / a.Features, feature = i - (block * a.Features);
        int end = (block + 1) * BlockRows < a.Rows ? (block + 1) * BlockRows : a.Rows;
        double sum = 0, squares = 0;
        for (int row = block * BlockRows; row < end; row++)
        {
            if (!IsReal(a, row))
                continue;
            double value = a.X[(row * a.Features) + feature];
            sum += value;
            squares += value * value;
        }

        a.Partial[(block * 2 * a.Features) + feature] = sum;
        a.Partial[(((block * 2) + 1) * a.Features) + feature] = squares;
    }

    /// <summary>Mean and inverse deviation from the sums, and the running ones moved; or from the running ones. One lane a feature.</summary>
    public static void Keep(BatchNormArguments a)
    {
        int feature = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (feature >= a.Features)
            return;
        double mean = a.Running[feature], variance = a.Running[a.Features + feature];
        if (a.Training != 0)
        {
            int frames = RealFrames(a);
            double share = frames == 0 ? 0 : 1.0 / frames;
            mean = Total(a, 0, feature) * share;
            variance = (Total(a, 1, feature) * share) - (mean * mean);
            variance = variance < 0 ? 0 : variance;
            if (frames > 0)
            {
                a.Running[feature] += (float)(a.Momentum * (mean - a.Running[feature]));
                a.Running[a.Features + feature] += (float)(a.Momentum * (variance - a.Running[a.Features + feature]));
            }
        }

        a.Saved[feature] = (float)mean;
        a.Saved[a.Features + feature] = (float)(1 / Math.Sqrt(variance + a.Epsilon));
    }

    /// <summary>y = (x - mean) (inverse deviation scale) + shift; one lane an element.</summary>
    public static void Apply(BatchNormArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Rows * a.Features)
            return;
        int feature = i % a.Features;
        a.Y[i] = ((a.X[i] - a.Saved[feature]) * (a.Saved[a.Features + feature] * a.Scale[feature])) + a.Shift[feature];
    }

    /// <summary>Sums of dy and of dy times the normalised x over the real rows of a block.</summary>
    public static void GradientSums(BatchNormArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Blocks * a.Features)
            return;
        int block = i / a.Features, feature = i - (block * a.Features);
        int end = (block + 1) * BlockRows < a.Rows ? (block + 1) * BlockRows : a.Rows;
        float mean = a.Saved[feature], inverse = a.Saved[a.Features + feature];
        double sum = 0, products = 0;
        for (int row = block * BlockRows; row < end; row++)
        {
            if (!IsReal(a, row))
                continue;
            double value = a.Above[(row * a.Features) + feature];
            sum += value;
            products += value * ((a.X[(row * a.Features) + feature] - mean) * inverse);
        }

        a.Partial[(block * 2 * a.Features) + feature] = sum;
        a.Partial[(((block * 2) + 1) * a.Features) + feature] = products;
    }

    /// <summary>The gradients of scale and shift, and what the input's gradient is made of; one lane a feature.</summary>
    public static void ParameterGradients(BatchNormArguments a)
    {
        int feature = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (feature >= a.Features)
            return;
        int frames = RealFrames(a);
        double share = frames == 0 ? 0 : 1.0 / frames, sum = Total(a, 0, feature), products = Total(a, 1, feature);
        double inverse = a.Saved[a.Features + feature], gain = a.Scale[feature] * inverse;
        a.Factors[feature] = (float)gain;
        a.Factors[a.Features + feature] = (float)(-gain * inverse * products * share);
        a.Factors[(2 * a.Features) + feature] = (float)(-gain * sum * share);
        a.ScaleGradient[feature] = a.Accumulate != 0 ? a.ScaleGradient[feature] + (float)products : (float)products;
        a.ShiftGradient[feature] = a.Accumulate != 0 ? a.ShiftGradient[feature] + (float)sum : (float)sum;
    }

    /// <summary>dx = gain dy + slope (x - mean) + shift, zero in padded frames; one lane an element.</summary>
    public static void InputGradient(BatchNormArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Rows * a.Features)
            return;
        int row = i / a.Features, feature = i - (row * a.Features);
        float known = (a.Factors[a.Features + feature] * (a.X[i] - a.Saved[feature])) + a.Factors[(2 * a.Features) + feature];
        a.Y[i] = IsReal(a, row) ? (a.Factors[feature] * a.Above[i]) + known : 0;
    }

    private static bool IsReal(BatchNormArguments a, int row) => row / a.Batch < a.Lengths[row % a.Batch];

    private static int RealFrames(BatchNormArguments a)
    {
        int frames = 0;
        for (int b = 0; b < a.Batch; b++)
        {
            int length = a.Lengths[b];
            frames += length < 0 ? 0 : length > a.Time ? a.Time : length;
        }

        return frames;
    }

    private static double Total(BatchNormArguments a, int which, int feature)
    {
        double sum = 0;
        for (int block = 0; block < a.Blocks; block++)
            sum += a.Partial[(((block * 2) + which) * a.Features) + feature];
        return sum;
    }
}
