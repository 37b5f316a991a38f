namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>Activations of arrays, chosen by name.</summary>
internal static unsafe class Activations
{
    /// <summary>y = act(x); x and y may be the same.</summary>
    public static void Forward(Activation activation, float* x, float* y, nint count)
    {
        switch (activation)
        {
            case Activation.None:
                if (x != y)
                    Buffer.MemoryCopy(x, y, count * sizeof(float), count * sizeof(float));
                break;
            case Activation.ClippedRelu:
                Maps.Apply(default(Functions.ClippedRelu), x, y, count);
                break;
            case Activation.Relu:
                Maps.Apply(default(Functions.Relu), x, y, count);
                break;
            case Activation.Tanh:
                Maps.Apply(default(Functions.Tanh), x, y, count);
                break;
            case Activation.Sigmoid:
                Maps.Apply(default(Functions.Sigmoid), x, y, count);
                break;
            default:
                throw Unknown(activation);
        }
    }

    /// <summary>dx = dy * act'(x) from y = act(x), or dx += it; any of the arrays may be the same.</summary>
    public static void Backward(Activation activation, float* y, float* dy, float* dx, nint count, bool accumulate)
    {
        switch (activation)
        {
            case Activation.None when accumulate:
                Maps.Apply(default(Functions.Add), dx, dy, dx, count);
                break;
            case Activation.None:
                Forward(Activation.None, dy, dx, count);
                break;
            case Activation.ClippedRelu:
                Backward<Functions.ClippedReluBackward>(y, dy, dx, count, accumulate);
                break;
            case Activation.Relu:
                Backward<Functions.ReluBackward>(y, dy, dx, count, accumulate);
                break;
            case Activation.Tanh:
                Backward<Functions.TanhBackward>(y, dy, dx, count, accumulate);
                break;
            case Activation.Sigmoid:
                Backward<Functions.SigmoidBackward>(y, dy, dx, count, accumulate);
                break;
            default:
                throw Unknown(activation);
        }
    }

    private static void Backward<F>(float* y, float* dy, float* dx, nint count, bool accumulate)
        where F : struct, IBinaryFunction
    {
        if (accumulate)
            Maps.Apply(default(Functions.Added<F>), y, dy, dx, dx, count);
        else
            Maps.Apply(default(F), y, dy, dx, count);
    }

    private static ArgumentOutOfRangeException Unknown(Activation activation) => new(nameof(activation), activation, "unknown activation");
}
