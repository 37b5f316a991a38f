using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>
/// Large matrix products by NVIDIA's library, where one is installed: <c>cublasSgemm_v2</c> and, for factors in bfloat16, <c>cublasGemmEx</c> of libcublas 13, 12 or 11, called directly, on the device's own stream.
/// The order of its sums is its own, so that a product's last digits may depend on the extents.
/// </summary>
internal sealed unsafe class CuBlas : IDisposable
{
    /// <summary>Multiply-adds from which the library is worth its call.</summary>
    private const long WorthIt = 1 << 21;

    private const int DefaultMath = 0;
    private const int Tf32Math = 3;
    private const int Float32 = 0;
    private const int BFloat16 = 14;
    private const int ComputeFloat32 = 68;
    private const int DefaultAlgorithm = -1;

    private static readonly string[] Names = OperatingSystem.IsWindows()
        ? ["cublas64_13.dll", "cublas64_12.dll", "cublas64_11.dll"]
        : ["libcublas.so.13", "libcublas.so.12", "libcublas.so.11"];

    private readonly nint _handle;
    private readonly Functions _functions;

    /// <summary>The library by its functions.</summary>
    /// <param name="handle">What <c>cublasCreate_v2</c> gave.</param>
    /// <param name="name">What people call it.</param>
    /// <param name="functions">Its functions; disposing this neither frees nor unloads anything but the handle.</param>
    internal CuBlas(nint handle, string name, Functions functions)
    {
        _handle = handle;
        _functions = functions;
        Library = name;
    }

    /// <summary>The library's name.</summary>
    public string Library { get; }

    /// <summary>The newest library that makes products of this precision on a card, or null where there is none.</summary>
    public static CuBlas? TryCreate(Machine machine, CudaStream stream, ProductPrecision precision)
    {
        bool tf32 = precision == ProductPrecision.TensorFloat32;
        foreach (string name in Names)
        {
            if (!NativeLibrary.TryLoad(name, out nint library))
                continue;
            nint handle = 0;
            if (((delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cublasCreate_v2"))(&handle) == 0)
            {
                CuBlas blas = new(handle, tf32 ? $"{name}, TF32" : name, Functions.Of(library));
                if (((delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "cublasSetStream_v2"))(handle, stream.StreamPtr) == 0
                    && ((delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(library, "cublasSetMathMode"))(handle, tf32 ? Tf32Math : DefaultMath) == 0
                    && blas.Works(machine, precision))
                {
                    return blas;
                }

                blas.Dispose();
            }

            NativeLibrary.Free(library);
        }

        return null;
    }

    /// <summary>Whether a small product comes out right.</summary>
    internal bool Works(Machine machine, ProductPrecision precision) => ProductProbe.ComesOutRight(machine, precision, product => Multiply(product), (product, a, b) => Multiply(product, a, b));

    /// <summary>Whether a product is large enough.</summary>
    public static bool IsWorthIt(in MatMulArguments a) => (long)a.Rows * a.Columns * a.Depth >= WorthIt;

    /// <summary>
    /// C (+)= op(A) op(B). The library reads matrices column by column, so that a row-major matrix is its own transpose to it: it is asked for
    /// C^T = op(B)^T op(A)^T.
    /// </summary>
    public void Multiply(in MatMulArguments a)
    {
        float one = 1, kept = a.Accumulate != 0 ? 1 : 0;
        Check(a, _functions.Sgemm(
            _handle, a.TransposeB, a.TransposeA, a.Columns, a.Rows, a.Depth, &one, Pointer(a.B, a.BOffset), a.BStride, Pointer(a.A, a.AOffset), a.AStride, &kept, Pointer(a.C, a.COffset), a.CStride));
    }

    /// <summary>The same with factors in bfloat16, laid out as those of the product but without its offsets; the sums are 32-bit floats.</summary>
    public void Multiply(in MatMulArguments a, ArrayView<ushort> left, ArrayView<ushort> right)
    {
        float one = 1, kept = a.Accumulate != 0 ? 1 : 0;
        Check(a, _functions.GemmEx(
            _handle, a.TransposeB, a.TransposeA, a.Columns, a.Rows, a.Depth, &one, Pointer(right, 0), BFloat16, a.BStride, Pointer(left, 0), BFloat16, a.AStride,
            &kept, Pointer(a.C, a.COffset), Float32, a.CStride, ComputeFloat32, DefaultAlgorithm));
    }

    /// <inheritdoc/>
    public void Dispose() => _ = _functions.Destroy(_handle);

    private void Check(in MatMulArguments a, int status)
    {
        if (status != 0)
            throw new DeviceUnavailableException($"{Library} failed with status {status} on a product of {a.Rows} x {a.Depth} by {a.Depth} x {a.Columns}.");
    }

    private static T* Pointer<T>(ArrayView<T> view, int offset)
        where T : unmanaged => (T*)view.SubView(offset, view.Length - offset).LoadEffectiveAddressAsPtr();

    /// <summary>What is called of the library, by the signatures of its documentation; enumerations and data types are integers.</summary>
    internal readonly struct Functions(
        delegate* unmanaged<nint, int> destroy,
        delegate* unmanaged<nint, int, int, int, int, int, float*, float*, int, float*, int, float*, float*, int, int> sgemm,
        delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, int, void*, int, int, void*, void*, int, int, int, int, int> gemmEx)
    {
        public readonly delegate* unmanaged<nint, int> Destroy = destroy;
        public readonly delegate* unmanaged<nint, int, int, int, int, int, float*, float*, int, float*, int, float*, float*, int, int> Sgemm = sgemm;
        public readonly delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, int, void*, int, int, void*, void*, int, int, int, int, int> GemmEx = gemmEx;

        /// <summary>Those of a library that was loaded, which stays loaded.</summary>
        public static Functions Of(nint library) => new(
            (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cublasDestroy_v2"),
            (delegate* unmanaged<nint, int, int, int, int, int, float*, float*, int, float*, int, float*, float*, int, int>)NativeLibrary.GetExport(library, "cublasSgemm_v2"),
            (delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, int, void*, int, int, void*, void*, int, int, int, int, int>)NativeLibrary.GetExport(library, "cublasGemmEx"));
    }
}
