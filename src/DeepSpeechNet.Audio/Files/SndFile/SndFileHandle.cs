using System.Runtime.InteropServices;

namespace DeepSpeechNet.Audio.Files.SndFile;

/// <summary>
/// A file open in libsndfile over a stream that can seek. Faults of the stream cannot pass through native code: they are kept and
/// thrown once control is back.
/// </summary>
internal sealed unsafe class SndFileHandle : IDisposable
{
    private readonly SndFileLibrary _library;
    private readonly Stream _stream;
    private readonly SndFileMode _mode;
    private readonly long _origin;
    private GCHandle _self;
    private nint _file;
    private Exception? _streamFault;

    /// <summary>Opens the content from the stream's present position on, which counts as the file's start.</summary>
    /// <param name="library">The library.</param>
    /// <param name="stream">The content, or where it goes; stays the caller's.</param>
    /// <param name="mode">Whether to read or write.</param>
    /// <param name="info">For writing what to write; for reading filled in.</param>
    /// <exception cref="InvalidDataException">The library cannot make anything of the content; the message is the library's.</exception>
    public SndFileHandle(SndFileLibrary library, Stream stream, SndFileMode mode, ref SndFileLibrary.Info info)
    {
        _library = library;
        _stream = stream;
        _mode = mode;
        _origin = stream.Position;
        _self = GCHandle.Alloc(this);
        try
        {
            var io = new SndFileLibrary.VirtualIo { GetLength = &GetLength, Seek = &Seek, Read = &Read, Write = &Write, Tell = &Tell };
            fixed (SndFileLibrary.Info* place = &info)
            {
                _file = library.Open(&io, mode, place, GCHandle.ToIntPtr(_self));
            }

            ThrowStreamFault();
            if (_file == 0)
            {
                throw new InvalidDataException(library.Error(0) ?? "unknown error");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What went wrong in decoding so far, or null.</summary>
    public string? Error => _library.Error(_file);

    /// <summary>Reads frames; returns how many, fewer than asked only at the end or after a fault of the content.</summary>
    public int Read(Span<float> interleaved, int frames)
    {
        ObjectDisposedException.ThrowIf(_file == 0, this);
        long count = _library.Read(_file, interleaved, frames);
        ThrowStreamFault();
        return (int)count;
    }

    /// <summary>Writes frames.</summary>
    public void Write(ReadOnlySpan<float> interleaved, int frames)
    {
        ObjectDisposedException.ThrowIf(_file == 0, this);
        long count = _library.Write(_file, interleaved, frames);
        ThrowStreamFault();
        if (count != frames)
        {
            throw new IOException(Error ?? "libsndfile wrote less than it was given.");
        }
    }

    public void Dispose()
    {
        if (_file != 0)
        {
            _library.Close(_file);
            _file = 0;
        }

        if (_self.IsAllocated)
        {
            _self.Free();
        }
    }

    private static SndFileHandle From(nint userData) => (SndFileHandle)GCHandle.FromIntPtr(userData).Target!;

    [UnmanagedCallersOnly]
    private static long GetLength(nint userData)
    {
        SndFileHandle self = From(userData);
        return self.Guard(() => self._stream.Length - self._origin);
    }

    [UnmanagedCallersOnly]
    private static long Seek(long offset, int whence, nint userData)
    {
        SndFileHandle self = From(userData);
        return self.Guard(() =>
        {
            long start = whence switch
            {
                0 => self._origin,
                1 => self._stream.Position,
                _ => self._stream.Length,
            };

            // A damaged file can ask for any place; streams differ in what they make of one beyond their end.
            long last = self._mode == SndFileMode.Read ? self._stream.Length : long.MaxValue;
            self._stream.Position = Math.Clamp(start + offset, self._origin, last);
            return self._stream.Position - self._origin;
        });
    }

    [UnmanagedCallersOnly]
    private static long Read(byte* destination, long count, nint userData)
    {
        SndFileHandle self = From(userData);
        return self.Guard(() => self._stream.ReadAtLeast(
            new Span<byte>(destination, (int)Math.Min(count, int.MaxValue)), (int)Math.Min(count, int.MaxValue), throwOnEndOfStream: false));
    }

    [UnmanagedCallersOnly]
    private static long Write(byte* source, long count, nint userData)
    {
        SndFileHandle self = From(userData);
        return self.Guard(() =>
        {
            self._stream.Write(new ReadOnlySpan<byte>(source, (int)count));
            return count;
        });
    }

    [UnmanagedCallersOnly]
    private static long Tell(nint userData)
    {
        SndFileHandle self = From(userData);
        return self.Guard(() => self._stream.Position - self._origin);
    }

#pragma warning disable CA1031 // Whatever it is, it must not unwind through native frames; it is thrown afterwards.
    private long Guard(Func<long> action)
    {
        try
        {
            return _streamFault is null ? action() : 0;
        }
        catch (Exception fault)
        {
            _streamFault = fault;
            return 0;
        }
    }
#pragma warning restore CA1031

    private void ThrowStreamFault()
    {
        if (_streamFault is { } fault)
        {
            _streamFault = null;
            throw new IOException(fault.Message, fault);
        }
    }
}
