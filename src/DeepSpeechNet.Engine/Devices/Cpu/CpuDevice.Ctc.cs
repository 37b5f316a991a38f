using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void CtcLoss(Tensor logits, Tensor lengths, Tensor labels, Tensor labelOffsets, int blank, Tensor losses, Tensor? gradient, float gradientScale) => throw new NotImplementedException();
}
