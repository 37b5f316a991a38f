using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void SumLosses(Tensor losses, Tensor state) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void GradientNorm(Tensor gradients, float maximumNorm, Tensor state) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void ClipValues(Tensor gradients, float limit) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void Optimise(in OptimiserStep step, Tensor values, Tensor gradients, Tensor? firstMoment, Tensor? secondMoment, Tensor state) => throw new NotImplementedException();
}
