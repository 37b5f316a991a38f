using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>When and how products go to <see cref="TensorCoreKernels"/>.</summary>
internal static class TensorCores
{
    /// <summary>Tiles that keep a good part of a card busy: fewer are better made by more groups with smaller tiles.</summary>
    private const int FewestTiles = 8, FewestTerms = 64;

    /// <summary>Whether a small product comes out right on them: a driver may refuse their instructions only when a kernel is first launched.</summary>
    public static bool Work(Machine machine, ProductPrecision precision)
    {
        const int Side = TensorCoreKernels.Tile, Depth = 24;
        List<MachineBuffer> buffers = [];
        try
        {
            float[] a = [.. Enumerable.Range(0, Side * Depth).Select(i => (float)((i % 7) - 3))], b = [.. Enumerable.Range(0, Side * Depth).Select(i => (float)((i % 5) - 2))], c = new float[Side * Side];
            MatMulArguments product = new() { A = Put(a).Cast<float>(), B = Put(b).Cast<float>(), C = Put(c).Cast<float>(), Rows = Side, Columns = Side, Depth = Depth, AStride = Depth, BStride = Depth, CStride = Side, TransposeB = 1 };
            product.Bias = product.C;
            if (precision == ProductPrecision.BFloat16)
                Multiply(machine, product, Put(Array.ConvertAll(a, KernelMath.ToBFloat16)).Cast<ushort>(), Put(Array.ConvertAll(b, KernelMath.ToBFloat16)).Cast<ushort>());
            else
                Multiply(machine, product);
            machine.Download(buffers[2].Bytes.SubView(0, c.Length * sizeof(float)), MemoryMarshal.AsBytes(c.AsSpan()));
            for (int at = 0; at < c.Length; at++)
            {
                float expected = 0;
                for (int k = 0; k < Depth; k++)
                    expected += a[(at / Side * Depth) + k] * b[(at % Side * Depth) + k];
                if (c[at] != expected)
                    return false;
            }

            return true;
        }
        catch (DeviceUnavailableException)
        {
            return false;
        }
        finally
        {
            foreach (MachineBuffer buffer in buffers)
                buffer.Free();
        }

        ArrayView<byte> Put<T>(T[] values)
            where T : unmanaged
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
            MachineBuffer buffer = machine.Allocate(bytes.Length);
            buffers.Add(buffer);
            machine.Upload(bytes, buffer.Bytes);
            return buffer.Bytes;
        }
    }

    /// <summary>Whether a product is large enough.</summary>
    public static bool AreWorthIt(in MatMulArguments product) =>
        product.Depth >= FewestTerms && (long)(product.Rows / TensorCoreKernels.Tile) * (product.Columns / TensorCoreKernels.Tile) >= FewestTiles;

    /// <summary>Queues a product of floats, neither bias nor activation.</summary>
    public static void Multiply(Machine machine, in MatMulArguments product) => machine.Launch(TensorCoreKernels.ProductTf32, Tiles(product), new Extent(TensorCoreKernels.Lanes), product);

    /// <summary>The same in bfloat16; the factors are laid out as in it, but without its offsets.</summary>
    public static void Multiply(Machine machine, in MatMulArguments product, ArrayView<ushort> a, ArrayView<ushort> b) =>
        machine.Launch(TensorCoreKernels.Product, Tiles(product), new Extent(TensorCoreKernels.Lanes), new TensorCoreArguments { Product = product, A = a, B = b });

    private static Extent Tiles(in MatMulArguments product) =>
        new((product.Columns + TensorCoreKernels.Tile - 1) / TensorCoreKernels.Tile, (product.Rows + TensorCoreKernels.Tile - 1) / TensorCoreKernels.Tile);
}
