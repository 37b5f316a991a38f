using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void Fill(Tensor target, float value) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void CopyColumns(Tensor source, int sourceColumn, Tensor target, int targetColumn, int columns, bool accumulate) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void Add(Tensor a, Tensor b, Tensor y) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void Multiply(Tensor a, Tensor b, Tensor y, bool accumulate = false) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void Scale(Tensor x, float scale, Tensor y, bool accumulate = false) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void Activate(Activation activation, Tensor x, Tensor y) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void ActivateBackward(Activation activation, Tensor y, Tensor dy, Tensor dx, bool accumulate = false) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void SumRows(Tensor x, Tensor y, bool accumulate = false) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void Dropout(Tensor x, float rate, ulong seed, Tensor y, bool accumulate = false) => throw new NotImplementedException();
}
