using System.Runtime.InteropServices;

namespace DeepSpeechNet.Audio.Files.SndFile;

/// <summary>
/// The functions of libsndfile (https://libsndfile.github.io/libsndfile/api.html) that are used, found at run time. Nothing is
/// called before a file needs it.
/// </summary>
internal sealed unsafe class SndFileLibrary
{
    private static readonly Lazy<SndFileLibrary?> Loaded = new(Load);

    private readonly delegate* unmanaged<VirtualIo*, int, Info*, nint, nint> _openVirtual;
    private readonly delegate* unmanaged<nint, float*, long, long> _readFrames;
    private readonly delegate* unmanaged<nint, float*, long, long> _writeFrames;
    private readonly delegate* unmanaged<nint, int> _error;
    private readonly delegate* unmanaged<nint, byte*> _errorText;
    private readonly delegate* unmanaged<nint, int> _close;

    private SndFileLibrary(nint library)
    {
        _openVirtual = (delegate* unmanaged<VirtualIo*, int, Info*, nint, nint>)NativeLibrary.GetExport(library, "sf_open_virtual");
        _readFrames = (delegate* unmanaged<nint, float*, long, long>)NativeLibrary.GetExport(library, "sf_readf_float");
        _writeFrames = (delegate* unmanaged<nint, float*, long, long>)NativeLibrary.GetExport(library, "sf_writef_float");
        _error = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "sf_error");
        _errorText = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "sf_strerror");
        _close = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "sf_close");
    }

    /// <summary>The library of this system, or null where it has none.</summary>
    public static SndFileLibrary? Instance => Loaded.Value;

    /// <summary>Opens; 0 where the library refuses.</summary>
    public nint Open(VirtualIo* io, SndFileMode mode, Info* info, nint userData) => _openVirtual(io, (int)mode, info, userData);

    /// <summary>Reads interleaved frames; returns how many.</summary>
    public long Read(nint file, Span<float> interleaved, long frames)
    {
        fixed (float* start = interleaved)
        {
            return _readFrames(file, start, frames);
        }
    }

    /// <summary>Writes interleaved frames; returns how many.</summary>
    public long Write(nint file, ReadOnlySpan<float> interleaved, long frames)
    {
        fixed (float* start = interleaved)
        {
            return _writeFrames(file, start, frames);
        }
    }

    /// <summary>What went wrong with a file, or with opening where <paramref name="file"/> is 0; null where nothing did.</summary>
    public string? Error(nint file) =>
        _error(file) == 0 ? null : Marshal.PtrToStringUTF8((nint)_errorText(file))?.TrimEnd('.', ' ', '\n') ?? "unknown error";

    public void Close(nint file) => _close(file);

    private static SndFileLibrary? Load()
    {
        string[] names = OperatingSystem.IsWindows() ? ["sndfile.dll", "libsndfile-1.dll"]
            : OperatingSystem.IsMacOS() ? ["libsndfile.1.dylib", "libsndfile.dylib"]
            : ["libsndfile.so.1", "libsndfile.so"];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return new SndFileLibrary(library);
            }
        }

        return null;
    }

    /// <summary>SF_INFO.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Info
    {
        public long Frames;
        public int SampleRate;
        public int Channels;
        public int Format;
        public int Sections;
        public int Seekable;
    }

    /// <summary>SF_VIRTUAL_IO.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct VirtualIo
    {
        public delegate* unmanaged<nint, long> GetLength;
        public delegate* unmanaged<long, int, nint, long> Seek;
        public delegate* unmanaged<byte*, long, nint, long> Read;
        public delegate* unmanaged<byte*, long, nint, long> Write;
        public delegate* unmanaged<nint, long> Tell;
    }
}
