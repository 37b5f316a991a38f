using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>
/// Exponential and logarithm from plain arithmetic, so that every backend gives the same digits: what a backend offers by these names
/// is an approximation on some cards and is missing in double precision on others. NaN is asked for by name before numbers are compared: C# turns conditions around,
/// and on OpenCL ILGPU forgets that the opposite of a comparison holds for NaN too.
/// </summary>
internal static class KernelMath
{
    /// <summary>log 0: low enough to vanish beside any state that a path reaches, and finite, so that differences are never NaN.</summary>
    public const double Nothing = -1e300;

    private const float Log2E = 1.44269504f;

    /// <summary>The nearest bfloat16 (8 bits of exponent, 7 of fraction), of two equally near ones the even; NaN stays NaN.</summary>
    public static float RoundToBFloat16(float x)
    {
        if (float.IsNaN(x))
            return x;
        uint bits = Interop.FloatAsInt(x);
        return Interop.IntAsFloat((bits + 0x7FFFu + ((bits >> 16) & 1u)) & 0xFFFF0000u);
    }

    /// <summary>The bits of the nearest bfloat16, see <see cref="RoundToBFloat16"/>.</summary>
    public static ushort ToBFloat16(float x) => float.IsNaN(x) ? (ushort)0x7FC0 : (ushort)(Interop.FloatAsInt(RoundToBFloat16(x)) >> 16);

    /// <summary>
    /// The bits of the nearest number with 8 bits of exponent and 10 of fraction (TF32), of two equally near ones that further from zero, as NVIDIA's cvt.rna has it; NaN stays NaN.
    /// </summary>
    public static uint ToTf32(float x) => float.IsNaN(x) ? 0x7FC00000u : (Interop.FloatAsInt(x) + 0x1000u) & 0xFFFFE000u;

    /// <summary>exp x, relative error about 1e-7; 0 below -87.3, where results would be subnormal.</summary>
    public static float Exp(float x)
    {
        if (float.IsNaN(x))
            return x;
        if (x > 88.72283f)
            return float.PositiveInfinity;
        if (x < -87.3f)
            return 0;
        float t = x * Log2E;
        int n = (int)(t < 0 ? t - 0.5f : t + 0.5f);
        float r = x - (n * 0.693145752f) - (n * 1.42860677e-6f);
        float p = 1f / 5040;
        p = (p * r) + (1f / 720);
        p = (p * r) + (1f / 120);
        p = (p * r) + (1f / 24);
        p = (p * r) + (1f / 6);
        p = (p * r) + 0.5f;
        p = (p * r * r) + r + 1;

        // Two factors, since 2^128 is no number of its own.
        int half = n / 2;
        return p * Interop.IntAsFloat((uint)((half + 127) << 23)) * Interop.IntAsFloat((uint)((n - half + 127) << 23));
    }

    /// <summary>exp x to the last digits of a double; 0 below -708.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > 709.78)
            return double.PositiveInfinity;
        if (x < -708)
            return 0;
        double t = x * 1.4426950408889634;
        int n = (int)(t < 0 ? t - 0.5 : t + 0.5);
        double r = x - (n * 0.693147180369123816490) - (n * 1.90821492927058770002e-10);
        double p = 1.0 / 6227020800;
        p = (p * r) + (1.0 / 479001600);
        p = (p * r) + (1.0 / 39916800);
        p = (p * r) + (1.0 / 3628800);
        p = (p * r) + (1.0 / 362880);
        p = (p * r) + (1.0 / 40320);
        p = (p * r) + (1.0 / 5040);
        p = (p * r) + (1.0 / 720);
        p = (p * r) + (1.0 / 120);
        p = (p * r) + (1.0 / 24);
        p = (p * r) + (1.0 / 6);
        p = (p * r) + 0.5;
        p = (p * r * r) + r + 1;
        int half = n / 2;
        return p * Interop.IntAsFloat((ulong)(half + 1023) << 52) * Interop.IntAsFloat((ulong)(n - half + 1023) << 52);
    }

    /// <summary>log x to the last digits of a double, for normal numbers; -infinity at 0, NaN below.</summary>
    /// <remarks>x = 2^e m with m between the roots of 1/2 and 2; log m = 2 artanh u, u = (m - 1) / (m + 1), by its series.</remarks>
    public static double Log(double x)
    {
        if (!(x > 0))
            return x == 0 ? double.NegativeInfinity : double.NaN;
        if (x > double.MaxValue)
            return x;
        ulong bits = Interop.FloatAsInt(x);
        int e = (int)(bits >> 52) - 1023;
        double m = Interop.IntAsFloat((bits & 0xFFFFFFFFFFFFFUL) | 0x3FF0000000000000UL);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            e++;
        }

        double u = (m - 1) / (m + 1), q = u * u;
        double p = 2.0 / 21;
        p = (p * q) + (2.0 / 19);
        p = (p * q) + (2.0 / 17);
        p = (p * q) + (2.0 / 15);
        p = (p * q) + (2.0 / 13);
        p = (p * q) + (2.0 / 11);
        p = (p * q) + (2.0 / 9);
        p = (p * q) + (2.0 / 7);
        p = (p * q) + (2.0 / 5);
        p = (p * q) + (2.0 / 3);
        p = (p * q) + 2;
        return (p * u) + (e * 0.6931471805599453);
    }

    /// <summary>log(exp a + exp b), where everything at or below half of <see cref="Nothing"/> counts as log 0.</summary>
    public static double LogAdd(double a, double b)
    {
        double high = a > b ? a : b, low = a > b ? b : a;
        if (high < 0.5 * Nothing)
            return Nothing;
        return low - high < -45 ? high : high + Log(1 + Exp(low - high));
    }

    /// <summary>1 / (1 + exp(-x)).</summary>
    public static float Sigmoid(float x) => 1 / (1 + Exp(-x));

    /// <summary>tanh x: a polynomial near 0, where the form with exponentials would lose digits.</summary>
    public static float Tanh(float x)
    {
        float magnitude = x < 0 ? -x : x;
        if (magnitude < 0.625f)
        {
            float z = x * x;
            float p = -5.70498872745e-3f;
            p = (p * z) + 2.06390887954e-2f;
            p = (p * z) - 5.37397155531e-2f;
            p = (p * z) + 1.33314422036e-1f;
            p = (p * z) - 3.33332819422e-1f;
            return (p * z * x) + x;
        }

        float far = 1 - (2 / (Exp(magnitude + magnitude) + 1));
        return x < 0 ? -far : far;
    }

    /// <summary>Whether a number is neither infinite nor NaN.</summary>
    public static bool IsFinite(double x) => x - x == 0;

    /// <summary>The functions of <see cref="Devices.Activation"/> by their numbers.</summary>
    public static float Activate(int kind, float x)
    {
        if (float.IsNaN(x))
            return x;
        if (kind == ActivationNumber.ClippedRelu)
            return x < 0 ? 0 : x > 20 ? 20 : x;
        if (kind == ActivationNumber.Relu)
            return x < 0 ? 0 : x;
        if (kind == ActivationNumber.Tanh)
            return Tanh(x);
        return kind == ActivationNumber.Sigmoid ? Sigmoid(x) : x;
    }

    /// <summary>dy act'(x) from y = act(x).</summary>
    public static float ActivateBackward(int kind, float y, float dy)
    {
        if (kind == ActivationNumber.ClippedRelu)
            return y > 0 && y < 20 ? dy : 0;
        if (kind == ActivationNumber.Relu)
            return y > 0 ? dy : 0;
        if (kind == ActivationNumber.Tanh)
            return dy * (1 - (y * y));
        return kind == ActivationNumber.Sigmoid ? dy * (y * (1 - y)) : dy;
    }
}

/// <summary>The activations as numbers that kernels compare with.</summary>
internal static class ActivationNumber
{
    public const int ClippedRelu = (int)Devices.Activation.ClippedRelu;
    public const int Relu = (int)Devices.Activation.Relu;
    public const int Tanh = (int)Devices.Activation.Tanh;
    public const int Sigmoid = (int)Devices.Activation.Sigmoid;
}
