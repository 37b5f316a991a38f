namespace ILGPU.Runtime;

/// <summary>What kernels promise of their views.</summary>
internal static class Alignment
{
    public static ArrayView<T> AsAligned16<T>(this ArrayView<T> view)
        where T : unmanaged => view.AsAligned(16);
}
