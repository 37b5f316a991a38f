namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>A row-major matrix in memory, taken as it is or transposed.</summary>
/// <param name="Address">Where its first element lies.</param>
/// <param name="Stride">From one row in memory to the next.</param>
/// <param name="Transposed">Whether the operand is the transpose of what lies in memory.</param>
internal readonly unsafe record struct MatrixOperand(nint Address, nint Stride, bool Transposed)
{
    public float* Data => (float*)Address;
}
