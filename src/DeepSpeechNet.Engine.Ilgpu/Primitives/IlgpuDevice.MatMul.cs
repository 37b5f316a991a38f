using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Tensors;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu;

public sealed partial class IlgpuDevice
{
    /// <inheritdoc/>
    public override void MatMul(
        Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c, bool accumulate = false, Tensor? bias = null, Activation activation = Activation.None)
    {
        int rows = transposeA ? Checked(a).Shape.Columns : Checked(a).Shape.Rows, depth = transposeA ? a.Shape.Rows : a.Shape.Columns;
        int columns = transposeB ? Checked(b).Shape.Rows : Checked(b).Shape.Columns, depthB = transposeB ? b.Shape.Columns : b.Shape.Rows;
        if (depth != depthB || Checked(c).Shape.Columns != columns || c.Shape.Rows != rows)
            throw new ArgumentException($"{a}{(transposeA ? " transposed" : "")} times {b}{(transposeB ? " transposed" : "")} does not give {c}: the extents do not match.");
        if (bias is not null && bias.Count != columns)
            throw new ArgumentException($"The bias {bias} does not match the {columns} columns of the product.", nameof(bias));
        if (accumulate && (bias is not null || activation != Activation.None))
            throw new ArgumentException("A product that is added to what is there takes neither bias nor activation.", nameof(accumulate));
        if (Overlap(a, c) || Overlap(b, c))
            throw new ArgumentException($"The product {c} shares memory with a factor; it needs memory of its own.", nameof(c));
        Product(new MatMulArguments
        {
            A = Floats(a),
            B = Floats(b),
            C = Floats(c),
            Bias = FloatsOrNone(bias),
            AStride = a.Shape.Columns,
            BStride = b.Shape.Columns,
            CStride = columns,
            Rows = rows,
            Columns = columns,
            Depth = depth,
            TransposeA = Flag(transposeA),
            TransposeB = Flag(transposeB),
            HasBias = Flag(bias is not null),
            Accumulate = Flag(accumulate),
            Activation = (int)activation,
        });
    }

    private void Product(MatMulArguments a)
    {
        if (a.Rows == 0 || a.Columns == 0)
            return;
        a.RoundFactors = Flag(_options.Precision == ProductPrecision.BFloat16);
        int side = _machine.TileSide, large = side * LargeMatMulKernels.PerLane, tile = side * MatMulKernels.PerLane;
        bool faster = _machine.HasFasterWayFor(a), bias = faster && a.HasBias != 0;
        if (faster)
        {
            MultiplyFaster(a);
        }
        else if ((long)(a.Columns / large) * (a.Rows / large) >= LargeMatMulKernels.FewestTiles)
        {
            _machine.Launch(LargeMatMulKernels.Product, new Extent((a.Columns + large - 1) / large, (a.Rows + large - 1) / large), new Extent(side, side), a);
        }
        else
        {
            _machine.Launch(MatMulKernels.Product, new Extent((a.Columns + tile - 1) / tile, (a.Rows + tile - 1) / tile), new Extent(side, side), a);
            return;
        }

        if (!bias && a.Activation == (int)Activation.None)
            return;
        long count = (long)a.Rows * a.Columns;
        Each(ElementwiseKernels.BiasActivate, count, new BiasArguments
        {
            Y = a.C.SubView(a.COffset, a.C.Length - a.COffset),
            Bias = a.Bias,
            Count = (int)count,
            Columns = a.Columns,
            Kind = a.Activation,
            HasBias = Flag(bias),
        });
    }

    private void MultiplyFaster(in MatMulArguments a)
    {
        if (a.RoundFactors == 0)
        {
            _machine.Multiply(a);
            return;
        }

        ArrayView<ushort> left = Rounded(a.A, a.AOffset, a.AStride, a.TransposeA == 0 ? a.Rows : a.Depth, a.TransposeA == 0 ? a.Depth : a.Rows, out MachineBuffer ofLeft);
        ArrayView<ushort> right = Rounded(a.B, a.BOffset, a.BStride, a.TransposeB == 0 ? a.Depth : a.Columns, a.TransposeB == 0 ? a.Columns : a.Depth, out MachineBuffer ofRight);
        _machine.Multiply(a, left, right);
        Return(ofLeft);
        Return(ofRight);
    }

    /// <summary>The bfloat16 values of a factor, laid out as it is.</summary>
    private ArrayView<ushort> Rounded(ArrayView<float> factor, int offset, int stride, int rows, int columns, out MachineBuffer buffer)
    {
        long count = ((rows - 1L) * stride) + columns;
        ArrayView<ushort> rounded = Scratch<ushort>(count, out buffer);
        Each(ElementwiseKernels.ToBFloat16, count, new RoundArguments { X = factor, Y = rounded, Offset = offset, Count = (int)count });
        return rounded;
    }

    /// <summary>C [columns of A, units] (+)= A^T S over rows that lie a stride apart: the gradient of a recurrent weight.</summary>
    private void TransposedProduct(ArrayView<float> a, int offset, int stride, int columns, ArrayView<float> states, int stateOffset, int units, int rows, ArrayView<float> c, int cOffset, bool accumulate) =>
        Product(new MatMulArguments
        {
            A = a,
            B = states,
            C = c,
            Bias = NoFloats,
            AOffset = offset,
            AStride = stride,
            BOffset = stateOffset,
            BStride = units,
            COffset = cOffset,
            CStride = units,
            Rows = columns,
            Columns = units,
            Depth = rows,
            TransposeA = 1,
            Accumulate = Flag(accumulate),
        });

    private static bool Overlap(Tensor a, Tensor b) =>
        a.Buffer == b.Buffer && a.ByteOffset < b.ByteOffset + b.ByteLength && b.ByteOffset < a.ByteOffset + a.ByteLength;
}
