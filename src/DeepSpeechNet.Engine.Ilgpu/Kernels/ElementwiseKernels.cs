using DeepSpeechNet.Engine.Devices;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What the elementwise kernels take; each uses what it needs.</summary>
internal struct ElementwiseArguments
{
    public ArrayView<float> A;
    public ArrayView<float> B;
    public ArrayView<float> Y;
    public int Count;
    public int Kind;
    public int Accumulate;
    public float Factor;
    public ulong Seed;
}

/// <summary>What <see cref="ElementwiseKernels.CopyColumns"/> takes.</summary>
internal struct CopyColumnsArguments
{
    public ArrayView<float> X;
    public ArrayView<float> Y;
    public int XStride;
    public int XColumn;
    public int YStride;
    public int YColumn;
    public int Columns;
    public int Count;
    public int Accumulate;
}

/// <summary>What <see cref="ElementwiseKernels.ToBFloat16"/> takes.</summary>
internal struct RoundArguments
{
    public ArrayView<float> X;
    public ArrayView<ushort> Y;
    public int Offset;
    public int Count;
}

/// <summary>One lane an element; inputs and output may be the same memory.</summary>
internal static class ElementwiseKernels
{
    /// <summary>y = factor.</summary>
    public static void Fill(ElementwiseArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i < a.Count)
            a.Y[i] = a.Factor;
    }

    /// <summary>y = the bits of the bfloat16 nearest to x, which begins at the offset.</summary>
    public static void ToBFloat16(RoundArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i < a.Count)
            a.Y[i] = KernelMath.ToBFloat16(a.X[a.Offset + i]);
    }

    /// <summary>y = a + b.</summary>
    public static void Add(ElementwiseArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i < a.Count)
            a.Y[i] = a.A[i] + a.B[i];
    }

    /// <summary>y (+)= a b.</summary>
    public static void Multiply(ElementwiseArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        float value = a.A[i] * a.B[i];
        a.Y[i] = a.Accumulate != 0 ? a.Y[i] + value : value;
    }

    /// <summary>y (+)= factor a.</summary>
    public static void Scale(ElementwiseArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        float value = a.Factor * a.A[i];
        a.Y[i] = a.Accumulate != 0 ? a.Y[i] + value : value;
    }

    /// <summary>y = act(a).</summary>
    public static void Activate(ElementwiseArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i < a.Count)
            a.Y[i] = KernelMath.Activate(a.Kind, a.A[i]);
    }

    /// <summary>y (+)= b act'(x) from a = act(x).</summary>
    public static void ActivateBackward(ElementwiseArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        float value = KernelMath.ActivateBackward(a.Kind, a.A[i], a.B[i]);
        a.Y[i] = a.Accumulate != 0 ? a.Y[i] + value : value;
    }

    /// <summary>y (+)= a / (1 - rate) where the counter's draw keeps the element, else 0; the factor is the rate.</summary>
    public static void Dropout(ElementwiseArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        float value = CounterRandom.Uniform(a.Seed, (ulong)i) >= a.Factor ? a.A[i] / (1 - a.Factor) : 0;
        a.Y[i] = a.Accumulate != 0 ? a.Y[i] + value : value;
    }

    /// <summary>y = min(max(y, -factor), factor); what is no number stays.</summary>
    public static void Clip(ElementwiseArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        float value = a.Y[i];
        if (float.IsNaN(value))
            return;
        if (value > a.Factor)
            a.Y[i] = a.Factor;
        if (value < -a.Factor)
            a.Y[i] = -a.Factor;
    }

    /// <summary>y = act(y + bias of its column): what follows a product that a vendor's library made.</summary>
    public static void BiasActivate(BiasArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        float value = a.Y[i];
        if (a.HasBias != 0)
            value += a.Bias[i % a.Columns];
        a.Y[i] = KernelMath.Activate(a.Kind, value);
    }

    /// <summary>Copies or adds columns of one matrix to those of another.</summary>
    public static void CopyColumns(CopyColumnsArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        int row = i / a.Columns, column = i - (row * a.Columns);
        int to = (row * a.YStride) + a.YColumn + column;
        float value = a.X[(row * a.XStride) + a.XColumn + column];
        a.Y[to] = a.Accumulate != 0 ? a.Y[to] + value : value;
    }
}

/// <summary>What <see cref="ElementwiseKernels.BiasActivate"/> takes.</summary>
internal struct BiasArguments
{
    public ArrayView<float> Y;
    public ArrayView<float> Bias;
    public int Count;
    public int Columns;
    public int Kind;
    public int HasBias;
}
