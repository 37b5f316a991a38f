using System.Runtime.InteropServices;

namespace DeepSpeechNet.Benchmarks;

/// <summary>OpenBLAS, where the system has it: what our matrix products are measured against. The product itself never uses it.</summary>
internal sealed unsafe class OpenBlas
{
    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemm;
    private readonly delegate* unmanaged<int, void> _setThreads;

    private OpenBlas(nint library)
    {
        _sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)NativeLibrary.GetExport(library, "cblas_sgemm");
        _setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
        nint config = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "openblas_get_config"))();
        Config = Marshal.PtrToStringUTF8(config) ?? "";
    }

    /// <summary>Version, threading and kernels, in its own words.</summary>
    public string Config { get; }

    /// <summary>The library, or none. Which kernels it picks can be said in OPENBLAS_CORETYPE before the program starts.</summary>
    public static OpenBlas? Find() => NativeLibrary.TryLoad("libopenblas.so.0", out nint library) ? new OpenBlas(library) : null;

    public void SetThreads(int threads) => _setThreads(threads);

    /// <summary>C = op(A) op(B), all dense and row-major.</summary>
    public void Multiply(int m, int n, int k, float* a, bool transposeA, float* b, bool transposeB, float* c)
    {
        const int rowMajor = 101, plain = 111, transposed = 112;
        _sgemm(rowMajor, transposeA ? transposed : plain, transposeB ? transposed : plain, m, n, k, 1f, a, transposeA ? m : k, b, transposeB ? k : n, 0f, c, n);
    }
}
