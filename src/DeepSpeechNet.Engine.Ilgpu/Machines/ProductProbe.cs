using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>
/// Whether a faster way for products works on a card. A library older than the card, or one that lacks the factors' type on it, starts like any other and says so only at a product; a driver may
/// refuse the instructions of tensor cores only when a kernel that has them is first launched.
/// </summary>
internal static class ProductProbe
{
    /// <summary>Makes a small product of whole numbers and looks at each of its sums.</summary>
    /// <param name="machine">Whose memory it lies in.</param>
    /// <param name="precision">How the factors are given: in bfloat16, or as floats.</param>
    /// <param name="floats">What multiplies floats.</param>
    /// <param name="halves">What multiplies factors in bfloat16.</param>
    public static bool ComesOutRight(Machine machine, ProductPrecision precision, Action<MatMulArguments> floats, Action<MatMulArguments, ArrayView<ushort>, ArrayView<ushort>> halves)
    {
        const int Side = 32, Depth = 24;
        List<MachineBuffer> buffers = [];
        try
        {
            float[] a = [.. Enumerable.Range(0, Side * Depth).Select(i => (float)((i % 7) - 3))], b = [.. Enumerable.Range(0, Side * Depth).Select(i => (float)((i % 5) - 2))], c = new float[Side * Side];
            MatMulArguments product = new() { A = Put(a).Cast<float>(), B = Put(b).Cast<float>(), C = Put(c).Cast<float>(), Rows = Side, Columns = Side, Depth = Depth, AStride = Depth, BStride = Depth, CStride = Side, TransposeB = 1 };
            product.Bias = product.C;
            if (precision == ProductPrecision.BFloat16)
                halves(product, Put(Array.ConvertAll(a, KernelMath.ToBFloat16)).Cast<ushort>(), Put(Array.ConvertAll(b, KernelMath.ToBFloat16)).Cast<ushort>());
            else
                floats(product);
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
}
