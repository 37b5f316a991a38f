using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Tests.Devices;

/// <summary>Some steps of each rule against the papers' formulas in double precision.</summary>
public abstract class OptimiserTraceTests(Func<Device> create) : DeviceTests(create)
{
    private const float Clip = 0.5f;

    public static TheoryData<string, int> Cases
    {
        get
        {
            TheoryData<string, int> cases = [];
            foreach (string rule in (string[])["sgd", "sgd+decay", "momentum", "momentum+decay", "nesterov", "nesterov+decay", "adam", "adam+decay", "adamw"])
            {
                foreach (int size in (int[])[1, 7, 33, 70_001])
                    cases.Add(rule, size);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_rule_follows_its_paper(string rule, int size)
    {
        bool decay = rule.EndsWith("decay", StringComparison.Ordinal) || rule == "adamw";
        OptimiserStep settings = new()
        {
            Kind = rule[0] == 'a' ? OptimiserKind.Adam : rule[0] == 'n' ? OptimiserKind.Nesterov : OptimiserKind.Sgd,
            LearningRate = 0.02f,
            Momentum = rule.StartsWith("sgd", StringComparison.Ordinal) ? 0 : 0.9f,
            SecondMomentum = 0.99f,
            Epsilon = 1e-6f,
            WeightDecay = decay ? 0.1f : 0,
            Decoupled = rule == "adamw",
        };
        float[] start = RandomNumbers.Floats(3, size);
        double[] w = start.Doubles(), m = new double[size], v = new double[size];
        Shape shape = new(size);
        Tensor values = Device.Floats(shape, start);
        Tensor? first = settings.Momentum == 0 ? null : Device.Floats(shape, new float[size]);
        Tensor? second = settings.Kind == OptimiserKind.Adam ? Device.Floats(shape, new float[size]) : null;
        float[] state = new float[StepState.Length];
        state[StepState.ClipFactor] = Clip;
        Tensor scalars = Device.Floats(new Shape(StepState.Length), state);
        int steps = size > 1000 ? 3 : 20;
        for (int t = 1; t <= steps; t++)
        {
            float[] g = RandomNumbers.Floats(100 + t, size, 2);
            Device.Optimise(settings with { StepNumber = t }, values, Device.Floats(shape, g), first, second, scalars);
            for (int i = 0; i < size; i++)
                Reference(rule, t, ref w[i], ref m[i], ref v[i], Clip * (double)g[i]);
        }

        AssertClose(w, values);
        if (first is not null)
            AssertClose(m, first);
        if (second is not null)
            AssertClose(v, second);
    }

    /// <summary>
    /// Every element within some roundings of the numbers that were added up: a weight that has come near zero on its way keeps the absolute error of
    /// where it came from.
    /// </summary>
    private static void AssertClose(double[] expected, Tensor actual)
    {
        float[] values = actual.ToArray();
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
            worst = Math.Max(worst, Math.Abs(values[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i])));
        Assert.InRange(worst, 0, 5e-6);
    }

    private static void Reference(string rule, int t, ref double w, ref double m, ref double v, double g)
    {
        const double Rate = 0.02f, Momentum = 0.9f, Second = 0.99f, Epsilon = 1e-6f, Decay = 0.1f;
        double old = w;
        if (rule.EndsWith("+decay", StringComparison.Ordinal))
            g += Decay * old;
        switch (rule.Split('+')[0])
        {
            case "sgd":
                w = old - (Rate * g);
                break;
            case "momentum":
                m = (Momentum * m) + g;
                w = old - (Rate * m);
                break;
            case "nesterov":
                m = (Momentum * m) + g;
                w = old - (Rate * (g + (Momentum * m)));
                break;
            default:
                m = (Momentum * m) + ((1 - Momentum) * g);
                v = (Second * v) + ((1 - Second) * g * g);
                double corrected = m / (1 - Math.Pow(Momentum, t)), spread = v / (1 - Math.Pow(Second, t));
                w = old - (Rate * corrected / (Math.Sqrt(spread) + Epsilon));
                if (rule == "adamw")
                    w -= Rate * Decay * old;
                break;
        }
    }
}
