using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Softmax over one row of floats, computed in double precision: the exponents' differences are exact there, so that the sum over thousands
/// of frames of log sum exp keeps the accuracy that a CTC loss needs. Rows are read in whole vectors, up to 60 bytes past their end.
/// </summary>
internal static unsafe class SoftmaxRow
{
    /// <summary>Floats taken at a time; rows of exponentials are padded to a multiple of it.</summary>
    public const int Lanes = 16;

    // 2^n with its n in the lowest bits: adding it rounds to the nearest integer.
    private const double RoundingShift = 6755399441055744.0;
    private const double SmallestPower = -1000;

    /// <summary>exp x for x up to 700, relative error under 5e-11; 2^-1000 below -693.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x) => Exp2(x * Vector512.Create(1.4426950408889634));

    /// <summary>2^t for t up to 1000, exact for whole t, relative error under 5e-11; 2^-1000 for all below.</summary>
    /// <remarks>2^t = 2^n 2^f with n whole and |f| at most one half; 2^f is a polynomial of degree 7, minimax with its first coefficient kept at 1.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp2(Vector512<double> t)
    {
        t = Vector512.MaxNative(t, Vector512.Create(SmallestPower));
        Vector512<double> shifted = t + Vector512.Create(RoundingShift);
        Vector512<double> f = t - (shifted - Vector512.Create(RoundingShift));
        Vector512<double> p = Vector512.Create(1.519615670467383e-05);
        p = Vector512.MultiplyAddEstimate(p, f, Vector512.Create(0.00015466756743300564));
        p = Vector512.MultiplyAddEstimate(p, f, Vector512.Create(0.0013333935056006223));
        p = Vector512.MultiplyAddEstimate(p, f, Vector512.Create(0.009618038131697246));
        p = Vector512.MultiplyAddEstimate(p, f, Vector512.Create(0.05550410365989405));
        p = Vector512.MultiplyAddEstimate(p, f, Vector512.Create(0.24022651066563258));
        p = Vector512.MultiplyAddEstimate(p, f, Vector512.Create(0.6931471807045332));
        p = Vector512.MultiplyAddEstimate(p, f, Vector512<double>.One);
        return (p.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
    }

    /// <summary>
    /// The row's maximum, the sum of exp(x - maximum), and, where <paramref name="exponentials"/> is not null, each exp(x - maximum) there,
    /// with zeros up to the next multiple of <see cref="Lanes"/>. False, and nothing else, where an element is not finite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Exponentials(float* row, int length, float* exponentials, out double maximum, out double sum)
    {
        Vector512<float> largest = Vector512.Create(row[0]);
        Vector512<float> fault = Vector512<float>.Zero;
        for (int i = 0; i < length; i += Lanes)
        {
            Vector512<float> x = Vector512.Load(row + i);
            if (i + Lanes > length)
                x = Vector512.ConditionalSelect(Head(length - i), x, largest);
            fault += x - x;
            largest = Vector512.MaxNative(largest, x);
        }

        float m = Largest(largest);
        maximum = m;
        Vector512<double> total = Vector512<double>.Zero;
        if (!Vector512.EqualsAll(fault, Vector512<float>.Zero))
        {
            sum = double.NaN;
            return false;
        }

        Vector512<double> mv = Vector512.Create((double)m);
        for (int i = 0; i < length; i += Lanes)
        {
            Vector512<float> x = Vector512.Load(row + i);
            if (i + Lanes > length)
                x = Vector512.ConditionalSelect(Head(length - i), x, Vector512.Create(float.MinValue));
            Vector512<double> lower = Exp(Vector512.WidenLower(x) - mv);
            Vector512<double> upper = Exp(Vector512.WidenUpper(x) - mv);
            total += lower + upper;
            if (exponentials is not null)
                Vector512.Narrow(lower, upper).Store(exponentials + i);
        }

        sum = Vector512.Sum(total);
        return true;
    }

    /// <summary>y = x - log sum exp x; a row with elements that are not finite follows the rules of floating point (infinity - infinity is NaN).</summary>
    public static void LogSoftmax(float* x, int length, float* y)
    {
        if (!Exponentials(x, length, null, out double maximum, out double sum))
        {
            LogSoftmaxOfAny(x, length, y);
            return;
        }

        double normaliser = maximum + Math.Log(sum);
        int i = 0;
        for (; i + Lanes <= length; i += Lanes)
        {
            Vector512<float> v = Vector512.Load(x + i);
            Vector512<double> n = Vector512.Create(normaliser);
            Vector512.Narrow(Vector512.WidenLower(v) - n, Vector512.WidenUpper(v) - n).Store(y + i);
        }

        for (; i < length; i++)
            y[i] = (float)(x[i] - normaliser);
    }

    /// <summary>dx = dy - exp(y) sum dy, or dx += it.</summary>
    public static void LogSoftmaxBackward(float* y, float* dy, int length, float* dx, bool accumulate)
    {
        double sum = 0;
        for (int i = 0; i < length; i++)
            sum += dy[i];
        Vector512<double> s = Vector512.Create(sum);
        float* tail = stackalloc float[Lanes];
        for (int i = 0; i < length; i += Lanes)
        {
            int rest = length - i;
            Vector512<float> v = Vector512.Load(y + i);
            if (rest < Lanes)
                v = Vector512.ConditionalSelect(Head(rest), v, Vector512<float>.Zero);
            Vector512<float> g = Vector512.Load(dy + i);
            Vector512<double> lower = Vector512.WidenLower(g) - (Exp(Vector512.WidenLower(v)) * s);
            Vector512<double> upper = Vector512.WidenUpper(g) - (Exp(Vector512.WidenUpper(v)) * s);
            Vector512<float> result = Vector512.Narrow(lower, upper);
            if (accumulate)
                result += Vector512.Load(dx + i);
            if (rest >= Lanes)
            {
                result.Store(dx + i);
                continue;
            }

            result.Store(tail);
            for (int j = 0; j < rest; j++)
                dx[i + j] = tail[j];
        }
    }

    /// <summary>All bits set in the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Head(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Largest(Vector512<float> v)
    {
        Vector256<float> a = Vector256.MaxNative(v.GetLower(), v.GetUpper());
        Vector128<float> b = Vector128.MaxNative(a.GetLower(), a.GetUpper());
        b = Vector128.MaxNative(b, Vector128.Shuffle(b, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(b[0], b[1]);
    }

    private static void LogSoftmaxOfAny(float* x, int length, float* y)
    {
        double maximum = double.NegativeInfinity;
        for (int i = 0; i < length; i++)
            maximum = Math.Max(maximum, x[i]);
        double sum = 0;
        for (int i = 0; i < length; i++)
            sum += Math.Exp(x[i] - maximum);
        double normaliser = maximum + Math.Log(sum);
        for (int i = 0; i < length; i++)
            y[i] = (float)(x[i] - normaliser);
    }
}
