using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Testing;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage;

/// <summary>
/// How NVIDIA's library is called, against stand-ins of its functions that do what its documentation says, on the processor: C = alpha op(A) op(B) + beta C with m x k, k x n and m x n matrices that lie
/// column by column, leading dimensions apart.
/// </summary>
public sealed unsafe class CuBlasTests : IDisposable
{
    private readonly Context _context = Context.Create(builder => builder.CPU());
    private readonly Accelerator _accelerator;
    private readonly CuBlas _blas = new(42, "stand-in", new CuBlas.Functions(&Destroy, &Sgemm, &GemmEx));

    public CuBlasTests() => _accelerator = _context.GetCPUDevice(0).CreateCPUAccelerator(_context);

    public void Dispose()
    {
        _blas.Dispose();
        _accelerator.Dispose();
        _context.Dispose();
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void Products_of_parts_of_matrices_are_asked_for_as_they_lie(bool transposeA, bool transposeB, bool accumulate)
    {
        const int Rows = 3, Columns = 4, Depth = 5, Stride = 9, Offset = 7;
        float[] a = RandomNumbers.Floats(1, 80), b = RandomNumbers.Floats(2, 80), c = RandomNumbers.Floats(3, 80), expected = [.. c];
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                double sum = accumulate ? c[Offset + (i * Stride) + j] : 0;
                for (int k = 0; k < Depth; k++)
                    sum += (double)a[Offset + (transposeA ? (k * Stride) + i : (i * Stride) + k)] * b[Offset + (transposeB ? (j * Stride) + k : (k * Stride) + j)];
                expected[Offset + (i * Stride) + j] = (float)sum;
            }
        }

        using MemoryBuffer1D<float, Stride1D.Dense> left = _accelerator.Allocate1D(a), right = _accelerator.Allocate1D(b), product = _accelerator.Allocate1D(c);
        MatMulArguments arguments = new()
        {
            A = left.View.BaseView,
            B = right.View.BaseView,
            C = product.View.BaseView,
            AOffset = Offset,
            BOffset = Offset,
            COffset = Offset,
            AStride = Stride,
            BStride = Stride,
            CStride = Stride,
            Rows = Rows,
            Columns = Columns,
            Depth = Depth,
            TransposeA = transposeA ? 1 : 0,
            TransposeB = transposeB ? 1 : 0,
            Accumulate = accumulate ? 1 : 0,
        };
        _blas.Multiply(arguments);
        Assert.Equal(expected, product.GetAsArray1D(), (x, y) => Math.Abs(x - y) < 1e-6f);

        product.CopyFromCPU(c);
        using MemoryBuffer1D<ushort, Stride1D.Dense> halfLeft = _accelerator.Allocate1D(Array.ConvertAll(a[Offset..], KernelMath.ToBFloat16)), halfRight = _accelerator.Allocate1D(Array.ConvertAll(b[Offset..], KernelMath.ToBFloat16));
        _blas.Multiply(arguments, halfLeft.View.BaseView, halfRight.View.BaseView);
        Assert.Equal(expected, product.GetAsArray1D(), (x, y) => Math.Abs(x - y) < 0.05f);
    }

    [Fact]
    public void A_status_other_than_success_is_an_error_that_names_the_product()
    {
        using MemoryBuffer1D<float, Stride1D.Dense> memory = _accelerator.Allocate1D<float>(16);
        MatMulArguments arguments = new() { A = memory.View.BaseView, B = memory.View.BaseView, C = memory.View.BaseView, AStride = 2, BStride = 2, CStride = 1, Rows = 2, Columns = 2, Depth = 2 };
        Assert.Contains("status 7 on a product of 2 x 2 by 2 x 2", Assert.Throws<DeviceUnavailableException>(() => _blas.Multiply(arguments)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProductPrecision.Float32)]
    [InlineData(ProductPrecision.TensorFloat32)]
    [InlineData(ProductPrecision.BFloat16)]
    public void A_library_is_taken_only_where_a_product_comes_out_right(ProductPrecision precision)
    {
        using IlgpuMachine machine = IlgpuMachine.Checker(16);
        Assert.True(_blas.Works(machine, precision));

        // With another handle the stand-in refuses; with functions that do nothing the product is wrong.
        Assert.False(new CuBlas(41, "refuses", new CuBlas.Functions(&Destroy, &Sgemm, &GemmEx)).Works(machine, precision));
        Assert.False(new CuBlas(42, "idles", new CuBlas.Functions(&Destroy, &NoSgemm, &NoGemmEx)).Works(machine, precision));
    }

    [UnmanagedCallersOnly]
    private static int NoSgemm(nint handle, int transa, int transb, int m, int n, int k, float* alpha, float* a, int lda, float* b, int ldb, float* beta, float* c, int ldc) => 0;

    [UnmanagedCallersOnly]
    private static int NoGemmEx(nint handle, int transa, int transb, int m, int n, int k, void* alpha, void* a, int typeOfA, int lda, void* b, int typeOfB, int ldb, void* beta, void* c, int typeOfC, int ldc, int compute, int algorithm) => 0;

    [UnmanagedCallersOnly]
    private static int Destroy(nint handle) => handle == 42 ? 0 : 1;

    [UnmanagedCallersOnly]
    private static int Sgemm(nint handle, int transa, int transb, int m, int n, int k, float* alpha, float* a, int lda, float* b, int ldb, float* beta, float* c, int ldc) =>
        Gemm(handle, transa, transb, m, n, k, *alpha, i => a[i], lda, i => b[i], ldb, *beta, c, ldc);

    [UnmanagedCallersOnly]
    private static int GemmEx(nint handle, int transa, int transb, int m, int n, int k, void* alpha, void* a, int typeOfA, int lda, void* b, int typeOfB, int ldb, void* beta, void* c, int typeOfC, int ldc, int compute, int algorithm)
    {
        // CUDA_R_16BF, CUDA_R_32F, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT
        if ((typeOfA, typeOfB, typeOfC, compute, algorithm) != (14, 14, 0, 68, -1))
            return 15;
        ushort* left = (ushort*)a, right = (ushort*)b;
        return Gemm(handle, transa, transb, m, n, k, *(float*)alpha, i => Wide(left[i]), lda, i => Wide(right[i]), ldb, *(float*)beta, (float*)c, ldc);
    }

    private static float Wide(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>By the documentation of cuBLAS; a leading dimension below a column's length is an invalid value (status 7).</summary>
    private static int Gemm(nint handle, int transa, int transb, int m, int n, int k, float alpha, Func<int, float> a, int lda, Func<int, float> b, int ldb, float beta, float* c, int ldc)
    {
        if (handle != 42)
            return 1;
        if (lda < (transa == 0 ? m : k) || ldb < (transb == 0 ? k : n) || ldc < m)
            return 7;
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int l = 0; l < k; l++)
                    sum += (double)a(transa == 0 ? i + (l * lda) : l + (i * lda)) * b(transb == 0 ? l + (j * ldb) : j + (l * ldb));
                c[i + (j * ldc)] = (float)((alpha * sum) + (beta == 0 ? 0 : beta * c[i + (j * ldc)]));
            }
        }

        return 0;
    }
}
