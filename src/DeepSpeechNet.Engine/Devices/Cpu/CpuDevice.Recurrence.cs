using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void RecurrentForward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions, bool training) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void RecurrentBackward(CellKind cell, Tensor lengths, ReadOnlySpan<RecurrentDirection> directions) => throw new NotImplementedException();
}
