using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void BatchNorm(Tensor x, Tensor lengths, Tensor scale, Tensor shift, Tensor running, float momentum, float epsilon, bool training, Tensor saved, Tensor y) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void BatchNormBackward(Tensor x, Tensor lengths, Tensor scale, Tensor saved, Tensor dy, Tensor dx, Tensor scaleGradient, Tensor shiftGradient, bool accumulateParameters) => throw new NotImplementedException();
}
