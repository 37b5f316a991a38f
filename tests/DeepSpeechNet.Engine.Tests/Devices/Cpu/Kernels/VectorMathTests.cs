using System.Runtime.Intrinsics;
using DeepSpeechNet.Engine.Devices.Cpu.Kernels;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu.Kernels;

public sealed unsafe class VectorMathTests
{
    private const double Tolerance = 2e-7;

    [Fact]
    public void Exp_is_right_to_two_parts_in_ten_million() =>
        AssertClose(default(Functions.Exp), Math.Exp, -86.64f, 88.72f);

    [Fact]
    public void Tanh_is_right_to_two_parts_in_ten_million()
    {
        AssertClose(default(Functions.Tanh), Math.Tanh, -12, 12);
        AssertClose(default(Functions.Tanh), Math.Tanh, -1e-3f, 1e-3f);
    }

    [Fact]
    public void Sigmoid_is_right_to_two_parts_in_ten_million()
    {
        AssertClose(default(Functions.Sigmoid), x => 1 / (1 + Math.Exp(-x)), -86, 40);
        AssertClose(default(Functions.Sigmoid), x => 1 / (1 + Math.Exp(-x)), -3, 3);
    }

    [Fact]
    public void Extremes_go_to_the_limits()
    {
        float[] x = [float.NegativeInfinity, float.PositiveInfinity, -1e30f, 1e30f, 0, 88.8f, -87f];
        Assert.Equal([0, float.PositiveInfinity, 0, float.PositiveInfinity, 1, float.PositiveInfinity, 0], Apply(default(Functions.Exp), x));
        Assert.Equal([-1, 1, -1, 1, 0, 1, -1], Apply(default(Functions.Tanh), x));
        Assert.Equal([0, 1, 0, 1, 0.5f], Apply(default(Functions.Sigmoid), x)[..5]);
        Assert.Equal([0, 20, 0, 20, 0, 20, 0], Apply(default(Functions.ClippedRelu), x));
        Assert.Equal([0, float.PositiveInfinity, 0, 1e30f, 0, 88.8f, 0], Apply(default(Functions.Relu), x));
    }

    [Fact]
    public void Not_a_number_stays_so()
    {
        float[] x = [float.NaN];
        Assert.True(float.IsNaN(Apply(default(Functions.Exp), x)[0]));
        Assert.True(float.IsNaN(Apply(default(Functions.Tanh), x)[0]));
        Assert.True(float.IsNaN(Apply(default(Functions.Sigmoid), x)[0]));
        Assert.True(float.IsNaN(Apply(default(Functions.Relu), x)[0]));
        Assert.True(float.IsNaN(Apply(default(Functions.ClippedRelu), x)[0]));
    }

    [Fact]
    public void All_vector_widths_and_positions_give_the_same_bits()
    {
        AssertSameBits(default(Functions.Exp));
        AssertSameBits(default(Functions.Tanh));
        AssertSameBits(default(Functions.Sigmoid));
        AssertSameBits(default(Functions.ClippedRelu));
    }

    private static void AssertSameBits<F>(F f)
        where F : struct, IUnaryFunction
    {
        using NativeFloats x = new(1003, 5, 30);
        using NativeFloats y = new(x.Length), other = new(x.Length);
        Maps.Apply<F, Simd512, Vector512<float>, Vector512<int>>(f, x.Pointer, y.Pointer, x.Length);
        Maps.Apply<F, Simd256, Vector256<float>, Vector256<int>>(f, x.Pointer, other.Pointer, x.Length);
        Assert.True(y.Span.SequenceEqual(other.Span));
        Maps.Apply<F, Simd128, Vector128<float>, Vector128<int>>(f, x.Pointer, other.Pointer, x.Length);
        Assert.True(y.Span.SequenceEqual(other.Span));
        other.Span.Clear();
        for (int i = 0; i < x.Length; i++)
            Maps.Apply(f, x.Pointer + i, other.Pointer + i, 1);
        Assert.True(y.Span.SequenceEqual(other.Span));
        other.AssertGuardsUntouched();
    }

    private static float[] Apply<F>(F f, float[] x)
        where F : struct, IUnaryFunction
    {
        float[] y = new float[x.Length];
        fixed (float* from = x, to = y)
            Maps.Apply(f, from, to, x.Length);
        return y;
    }

    private static void AssertClose<F>(F f, Func<double, double> expected, float low, float high)
        where F : struct, IUnaryFunction
    {
        float[] x = new float[200_001];
        for (int i = 0; i < x.Length; i++)
            x[i] = Math.Clamp(low + ((high - low) * i / (x.Length - 1)), low, high);
        float[] y = Apply(f, x);
        double worst = 0;
        float at = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double e = expected(x[i]);
            double error = Math.Abs(y[i] - e) / Math.Max(Math.Abs(e), 1e-37);
            if (!(error <= worst))
                (worst, at) = (error, x[i]);
        }

        Assert.True(worst <= Tolerance, $"relative error {worst:E2} at {at}");
    }
}
