using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>The data buffer of a tensor file: memory of its own, aligned to 64 bytes, or pages of the mapped file.</summary>
internal sealed unsafe class TensorFileData : IDisposable
{
    private const int Chunk = 1 << 20;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _pointer;

    private TensorFileData(byte* pointer, long length, MemoryMappedViewAccessor? view)
    {
        _pointer = pointer;
        Length = length;
        _view = view;
    }

    ~TensorFileData() => Free();

    public long Length { get; }

    public byte* Pointer => _pointer;

    public static TensorFileData Allocate(long length) =>
        new((byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), TensorFileFormat.Alignment), length, view: null);

    public static TensorFileData Map(FileStream file, int offset, long length)
    {
        // An empty view would mean "to the end", and an empty tail cannot be mapped.
        if (length == 0) return Allocate(0);
        using var mapped = MemoryMappedFile.CreateFromFile(file, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = mapped.CreateViewAccessor(0, offset + length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        return new TensorFileData(pointer + view.PointerOffset + offset, length, view);
    }

    public void Fill(Stream stream, string name)
    {
        for (long at = 0; at < Length; at += Chunk)
            TensorFile.ReadExactly(stream, new Span<byte>(_pointer + at, (int)Math.Min(Chunk, Length - at)), name);
    }

    public string Digest(long offset, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = 0; at < length; at += Chunk)
            hash.AppendData(new ReadOnlySpan<byte>(_pointer + offset + at, (int)Math.Min(Chunk, length - at)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        byte* pointer = _pointer;
        if (pointer == null) return;
        _pointer = null;
        if (_view is null)
        {
            NativeMemory.AlignedFree(pointer);
            return;
        }
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }
}
