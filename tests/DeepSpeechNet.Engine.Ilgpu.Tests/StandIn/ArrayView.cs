using System.Runtime.CompilerServices;

namespace ILGPU;

/// <summary>
/// The stand-in for ILGPU's view: a stretch of memory whose every access is checked. The names in this folder are those that the kernels use, so that the
/// very files of the product compile here.
/// </summary>
internal readonly struct ArrayView<T>(byte[] memory, long start, long length)
    where T : unmanaged
{
    private readonly byte[] _memory = memory;
    private readonly long _start = start;

    public long Length { get; } = length;

    public ref T this[int index]
    {
        get
        {
            if ((uint)index >= Length)
                throw new ArgumentOutOfRangeException(nameof(index), index, $"A view of {Length} elements.");
            return ref Unsafe.As<byte, T>(ref _memory[_start + ((long)index * Unsafe.SizeOf<T>())]);
        }
    }

    public ArrayView<T> SubView(long index, long count) => index >= 0 && count >= 0 && index <= Length - count
        ? new ArrayView<T>(_memory, _start + (index * Unsafe.SizeOf<T>()), count)
        : throw new ArgumentOutOfRangeException(nameof(index), $"{count} elements from {index} of a view of {Length} elements.");

    public ArrayView<TOther> Cast<TOther>()
        where TOther : unmanaged => new(_memory, _start, Length * Unsafe.SizeOf<T>() / Unsafe.SizeOf<TOther>());

    /// <summary>The same, and a promise that is checked: it starts at a multiple of so many bytes.</summary>
    public ArrayView<T> AsAligned(int bytes) => _start % bytes == 0 ? this : throw new InvalidOperationException($"A view that starts at byte {_start} is not aligned to {bytes}.");

    public Span<byte> AsBytes() => _memory.AsSpan((int)_start, (int)(Length * Unsafe.SizeOf<T>()));
}
