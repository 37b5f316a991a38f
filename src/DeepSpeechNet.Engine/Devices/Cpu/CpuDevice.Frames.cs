using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void ContextWindow(Tensor x, int context, int stride, Tensor y) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void ContextWindowBackward(Tensor dy, int context, int stride, Tensor dx, bool accumulate) => throw new NotImplementedException();
}
