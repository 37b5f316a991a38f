namespace ILGPU.Runtime.Cuda;

/// <summary>Instructions of CUDA cards, which nothing here can run: kernels that have any are compiled here, and run where the package is.</summary>
internal static class CudaAsm
{
    public static void Emit(string asm) => throw new NotSupportedException(asm);

    public static void Emit(string asm, out ulong result) => throw new NotSupportedException(asm);

    public static void Emit(string asm, uint a, uint b, uint c, uint d, uint e, uint f) => throw new NotSupportedException($"{asm} {a} {b} {c} {d} {e} {f}");
}
