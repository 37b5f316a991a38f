using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>The bytes of a model at one fixed address: memory of its own, a mapped file, or a pinned block of somebody else's.</summary>
internal sealed unsafe class ModelMemory : IDisposable
{
    private const int Alignment = 64;
    private readonly IDisposable? _owner;
    private readonly Action<ModelMemory>? _release;
    private byte* _pointer;

    private ModelMemory(byte* pointer, long length, IDisposable? owner, Action<ModelMemory>? release)
    {
        _pointer = pointer;
        Length = length;
        _owner = owner;
        _release = release;
    }

    ~ModelMemory() => Free();

    /// <summary>Size in bytes.</summary>
    public long Length { get; }

    /// <summary>The first byte; null once disposed.</summary>
    public byte* Pointer => _pointer;

    /// <summary>Fresh memory of zeros.</summary>
    public static ModelMemory Allocate(long length)
    {
        byte* pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), Alignment);
        NativeMemory.Clear(pointer, (nuint)length);
        return new ModelMemory(pointer, length, null, self => NativeMemory.AlignedFree(self._pointer));
    }

    /// <summary>The pages of a file of at least one byte.</summary>
    public static ModelMemory Map(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        using var mapped = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        return new ModelMemory(pointer + view.PointerOffset, file.Length, view, _ => view.SafeMemoryMappedViewHandle.ReleasePointer());
    }

    /// <summary>Bytes of somebody else, pinned until this is disposed.</summary>
    public static ModelMemory Pin(ReadOnlyMemory<byte> bytes)
    {
        MemoryHandle handle = bytes.Pin();
        return new ModelMemory((byte*)handle.Pointer, bytes.Length, null, _ => handle.Dispose());
    }

    /// <summary>Bytes of somebody who keeps them where they are and is kept from being collected.</summary>
    public static ModelMemory Borrow(byte* pointer, long length, object owner) => new(pointer, length, null, _ => GC.KeepAlive(owner));

    /// <summary>A copy of bytes.</summary>
    public static ModelMemory Copy(ReadOnlySpan<byte> bytes)
    {
        ModelMemory memory = Allocate(bytes.Length);
        bytes.CopyTo(new Span<byte>(memory._pointer, bytes.Length));
        return memory;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_pointer == null) return;
        _release?.Invoke(this);
        _pointer = null;
        _owner?.Dispose();
    }
}
