using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// The update rules of <see cref="OptimiserKind"/>, each one pass over flat buffers. The few elements behind the last whole vector go
/// through the same operations one by one, so that where a parameter lies does not change its value.
/// </summary>
internal static unsafe class OptimiserKernels
{
    private const int Lanes = 8;

    /// <summary>The step of a rule on <paramref name="count"/> parameters from <paramref name="at"/> on, whose gradients are <paramref name="g"/>.</summary>
    public static void Apply(OptimiserKind kind, in OptimiserFactors f, float* w, float* g, float* m, float* v, long at, long count)
    {
        if (kind == OptimiserKind.Adam)
            Adam(f, w + at, g, m + at, v + at, count);
        else if (f.Momentum == 0)
            Sgd(f, w + at, g, count);
        else if (kind == OptimiserKind.Sgd)
            Momentum(f, w + at, g, m + at, count);
        else
            Nesterov(f, w + at, g, m + at, count);
    }

    /// <summary>x = min(max(x, -limit), limit); NaN stays NaN, so that the norm after it still sees it.</summary>
    public static void Clip(float* x, long count, float limit)
    {
        Vector256<float> high = Vector256.Create(limit), low = Vector256.Create(-limit);
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            Vector256<float> value = Vector256.Load(x + i);
            Vector256.Store(Vector256.Min(Vector256.Max(value, low), high), x + i);
        }

        for (; i < count; i++)
            x[i] = MathF.Min(MathF.Max(x[i], -limit), limit);
    }

    /// <summary>w = w - shrink w - rate g', with g' = clip g + decay w.</summary>
    public static void Sgd(in OptimiserFactors f, float* w, float* g, long count)
    {
        Vector256<float> clip = Vector256.Create(f.Clip), decay = Vector256.Create(f.CoupledDecay);
        Vector256<float> shrink = Vector256.Create(f.Shrink), rate = Vector256.Create(f.Rate);
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            Vector256<float> weight = Vector256.Load(w + i);
            Vector256<float> gradient = Vector256.FusedMultiplyAdd(decay, weight, clip * Vector256.Load(g + i));
            Vector256.Store(weight - Vector256.FusedMultiplyAdd(rate, gradient, shrink * weight), w + i);
        }

        for (; i < count; i++)
        {
            float gradient = MathF.FusedMultiplyAdd(f.CoupledDecay, w[i], f.Clip * g[i]);
            w[i] -= MathF.FusedMultiplyAdd(f.Rate, gradient, f.Shrink * w[i]);
        }
    }

    /// <summary>v = momentum v + g'; w = w - shrink w - rate v.</summary>
    public static void Momentum(in OptimiserFactors f, float* w, float* g, float* v, long count)
    {
        Vector256<float> clip = Vector256.Create(f.Clip), decay = Vector256.Create(f.CoupledDecay);
        Vector256<float> shrink = Vector256.Create(f.Shrink), rate = Vector256.Create(f.Rate), momentum = Vector256.Create(f.Momentum);
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            Vector256<float> weight = Vector256.Load(w + i);
            Vector256<float> gradient = Vector256.FusedMultiplyAdd(decay, weight, clip * Vector256.Load(g + i));
            Vector256<float> velocity = Vector256.FusedMultiplyAdd(momentum, Vector256.Load(v + i), gradient);
            Vector256.Store(velocity, v + i);
            Vector256.Store(weight - Vector256.FusedMultiplyAdd(rate, velocity, shrink * weight), w + i);
        }

        for (; i < count; i++)
        {
            float gradient = MathF.FusedMultiplyAdd(f.CoupledDecay, w[i], f.Clip * g[i]);
            v[i] = MathF.FusedMultiplyAdd(f.Momentum, v[i], gradient);
            w[i] -= MathF.FusedMultiplyAdd(f.Rate, v[i], f.Shrink * w[i]);
        }
    }

    /// <summary>v = momentum v + g'; w = w - shrink w - rate (g' + momentum v).</summary>
    public static void Nesterov(in OptimiserFactors f, float* w, float* g, float* v, long count)
    {
        Vector256<float> clip = Vector256.Create(f.Clip), decay = Vector256.Create(f.CoupledDecay);
        Vector256<float> shrink = Vector256.Create(f.Shrink), rate = Vector256.Create(f.Rate), momentum = Vector256.Create(f.Momentum);
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            Vector256<float> weight = Vector256.Load(w + i);
            Vector256<float> gradient = Vector256.FusedMultiplyAdd(decay, weight, clip * Vector256.Load(g + i));
            Vector256<float> velocity = Vector256.FusedMultiplyAdd(momentum, Vector256.Load(v + i), gradient);
            Vector256.Store(velocity, v + i);
            Vector256<float> ahead = Vector256.FusedMultiplyAdd(momentum, velocity, gradient);
            Vector256.Store(weight - Vector256.FusedMultiplyAdd(rate, ahead, shrink * weight), w + i);
        }

        for (; i < count; i++)
        {
            float gradient = MathF.FusedMultiplyAdd(f.CoupledDecay, w[i], f.Clip * g[i]);
            v[i] = MathF.FusedMultiplyAdd(f.Momentum, v[i], gradient);
            float ahead = MathF.FusedMultiplyAdd(f.Momentum, v[i], gradient);
            w[i] -= MathF.FusedMultiplyAdd(f.Rate, ahead, f.Shrink * w[i]);
        }
    }

    /// <summary>
    /// m = b1 m + (1 - b1) g'; v = b2 v + (1 - b2) g'^2; w = w - shrink w - rate / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + epsilon).
    /// </summary>
    public static void Adam(in OptimiserFactors f, float* w, float* g, float* m, float* v, long count)
    {
        Vector256<float> clip = Vector256.Create(f.Clip), decay = Vector256.Create(f.CoupledDecay), shrink = Vector256.Create(f.Shrink);
        Vector256<float> b1 = Vector256.Create(f.Momentum), one1 = Vector256.Create(f.FirstWeight);
        Vector256<float> b2 = Vector256.Create(f.SecondMomentum), one2 = Vector256.Create(f.SecondWeight);
        Vector256<float> rate = Vector256.Create(f.CorrectedRate), root = Vector256.Create(f.RootCorrection), epsilon = Vector256.Create(f.Epsilon);
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
        {
            Vector256<float> weight = Vector256.Load(w + i);
            Vector256<float> gradient = Vector256.FusedMultiplyAdd(decay, weight, clip * Vector256.Load(g + i));
            Vector256<float> first = Vector256.FusedMultiplyAdd(b1, Vector256.Load(m + i), one1 * gradient);
            Vector256<float> second = Vector256.FusedMultiplyAdd(b2, Vector256.Load(v + i), one2 * gradient * gradient);
            Vector256.Store(first, m + i);
            Vector256.Store(second, v + i);
            Vector256<float> divisor = Vector256.FusedMultiplyAdd(root, Vector256.Sqrt(second), epsilon);
            Vector256.Store(weight - Vector256.FusedMultiplyAdd(rate, first / divisor, shrink * weight), w + i);
        }

        for (; i < count; i++)
        {
            float gradient = MathF.FusedMultiplyAdd(f.CoupledDecay, w[i], f.Clip * g[i]);
            m[i] = MathF.FusedMultiplyAdd(f.Momentum, m[i], f.FirstWeight * gradient);
            v[i] = MathF.FusedMultiplyAdd(f.SecondMomentum, v[i], f.SecondWeight * gradient * gradient);
            float divisor = MathF.FusedMultiplyAdd(f.RootCorrection, MathF.Sqrt(v[i]), f.Epsilon);
            w[i] -= MathF.FusedMultiplyAdd(f.CorrectedRate, m[i] / divisor, f.Shrink * w[i]);
        }
    }
}
