using DeepSpeechNet.Engine.Devices.Cpu.Kernels;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

public sealed unsafe partial class CpuDevice
{
    private MatrixProduct? _product;

    /// <inheritdoc/>
    public override void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c, bool accumulate = false, Tensor? bias = null, Activation activation = Activation.None)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(c);
        int rows = transposeA ? a.Shape.Columns : a.Shape.Rows, depth = transposeA ? a.Shape.Rows : a.Shape.Columns;
        int columns = transposeB ? b.Shape.Rows : b.Shape.Columns, depthB = transposeB ? b.Shape.Columns : b.Shape.Rows;
        if (depth != depthB || c.Shape.Columns != columns || c.Shape.Rows != rows)
            throw new ArgumentException($"{a}{(transposeA ? " transposed" : "")} times {b}{(transposeB ? " transposed" : "")} does not give {c}: the extents do not match.");
        if (bias is not null && bias.Count != columns)
            throw new ArgumentException($"The bias {bias} does not match the {columns} columns of the product.", nameof(bias));
        if (accumulate && (bias is not null || activation != Activation.None))
            throw new ArgumentException("A product that is added to what is there takes neither bias nor activation.", nameof(accumulate));

        if (Overlap(a, c) || Overlap(b, c))
            throw new ArgumentException($"The product {c} shares memory with a factor; it needs memory of its own.", nameof(c));

        float* left = Floats(a), right = Floats(b), target = Floats(c);
        PackedMatrix? panels = b.IsParameter ? WeightPanels.Of(b, transposeB, _team) : null;
        _product ??= new MatrixProduct(_team);
        _product.Multiply(
            rows, columns, depth,
            new MatrixOperand((nint)left, a.Shape.Columns, transposeA), new MatrixOperand((nint)right, b.Shape.Columns, transposeB), panels,
            target, accumulate, FloatsOrNull(bias), activation);
    }

    private static bool Overlap(Tensor a, Tensor b) =>
        a.Buffer == b.Buffer && a.ByteOffset < b.ByteOffset + b.ByteLength && b.ByteOffset < a.ByteOffset + a.ByteLength;
}
