using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>
/// Large matrix products by NVIDIA's library, where one is installed: <c>cublasSgemm_v2</c> of libcublas 13, 12 or 11, called directly, on the device's own stream.
/// The order of its sums is its own, so that a product's last digits may depend on the extents.
/// </summary>
internal sealed unsafe class CuBlas : IDisposable
{
    /// <summary>Multiply-adds from which the library is worth its call.</summary>
    private const long WorthIt = 1 << 21;

    private const int DefaultMath = 0;
    private const int Tf32Math = 3;

    private static readonly string[] Names = OperatingSystem.IsWindows()
        ? ["cublas64_13.dll", "cublas64_12.dll", "cublas64_11.dll"]
        : ["libcublas.so.13", "libcublas.so.12", "libcublas.so.11"];

    private readonly nint _library;
    private readonly nint _handle;
    private readonly delegate* unmanaged<nint, int> _destroy;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, float*, float*, int, float*, int, float*, float*, int, int> _sgemm;

    private CuBlas(nint library, string name, nint handle)
    {
        _library = library;
        _handle = handle;
        Library = name;
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cublasDestroy_v2");
        _sgemm = (delegate* unmanaged<nint, int, int, int, int, int, float*, float*, int, float*, int, float*, float*, int, int>)NativeLibrary.GetExport(library, "cublasSgemm_v2");
    }

    /// <summary>The library's name.</summary>
    public string Library { get; }

    /// <summary>The library on a stream, or null where none is installed or it does not start.</summary>
    public static CuBlas? TryCreate(nint stream, bool tf32)
    {
        foreach (string name in Names)
        {
            if (!NativeLibrary.TryLoad(name, out nint library))
                continue;
            nint handle = 0;
            if (((delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cublasCreate_v2"))(&handle) == 0
                && ((delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "cublasSetStream_v2"))(handle, stream) == 0
                && ((delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(library, "cublasSetMathMode"))(handle, tf32 ? Tf32Math : DefaultMath) == 0)
            {
                return new CuBlas(library, tf32 ? $"{name}, TF32" : name, handle);
            }

            NativeLibrary.Free(library);
        }

        return null;
    }

    /// <summary>Whether a product is large enough.</summary>
    public static bool IsWorthIt(in MatMulArguments a) => (long)a.Rows * a.Columns * a.Depth >= WorthIt;

    /// <summary>
    /// C (+)= op(A) op(B). The library reads matrices column by column, so that a row-major matrix is its own transpose to it: it is asked for
    /// C^T = op(B)^T op(A)^T.
    /// </summary>
    public void Multiply(in MatMulArguments a)
    {
        float one = 1, kept = a.Accumulate != 0 ? 1 : 0;
        int status = _sgemm(
            _handle, a.TransposeB, a.TransposeA, a.Columns, a.Rows, a.Depth, &one, Pointer(a.B, a.BOffset), a.BStride, Pointer(a.A, a.AOffset), a.AStride, &kept, Pointer(a.C, a.COffset), a.CStride);
        if (status != 0)
            throw new InvalidOperationException($"{Library} failed with status {status} on a product of {a.Rows} x {a.Depth} by {a.Depth} x {a.Columns}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = _destroy(_handle);
        NativeLibrary.Free(_library);
    }

    private static float* Pointer(ArrayView<float> view, int offset) => (float*)view.SubView(offset, view.Length - offset).LoadEffectiveAddressAsPtr();
}
