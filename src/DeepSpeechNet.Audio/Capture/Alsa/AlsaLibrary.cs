using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace DeepSpeechNet.Audio.Capture.Alsa;

/// <summary>The functions of libasound (https://www.alsa-project.org/alsa-doc/alsa-lib/) that are used, found at run time.</summary>
internal sealed unsafe class AlsaLibrary
{
    private const int StreamCapture = 1, FormatSigned16LittleEndian = 2, AccessInterleaved = 3, AllowResampling = 1;

    private static readonly Lazy<AlsaLibrary?> Loaded = new(Load);

    private readonly delegate* unmanaged<nint*, byte*, int, int, int> _open;
    private readonly delegate* unmanaged<nint, int, int, uint, uint, int, uint, int> _setParameters;
    private readonly delegate* unmanaged<nint, short*, nuint, nint> _read;
    private readonly delegate* unmanaged<nint, int, int, int> _recover;
    private readonly delegate* unmanaged<nint, int, int> _wait;
    private readonly delegate* unmanaged<nint, int> _start;
    private readonly delegate* unmanaged<nint, int> _close;
    private readonly delegate* unmanaged<int, byte*> _errorText;
    private readonly delegate* unmanaged<int, byte*, void***, int> _hints;
    private readonly delegate* unmanaged<void*, byte*, byte*> _hint;
    private readonly delegate* unmanaged<void**, int> _freeHints;

    private AlsaLibrary(nint library)
    {
        _open = (delegate* unmanaged<nint*, byte*, int, int, int>)NativeLibrary.GetExport(library, "snd_pcm_open");
        _setParameters = (delegate* unmanaged<nint, int, int, uint, uint, int, uint, int>)NativeLibrary.GetExport(library, "snd_pcm_set_params");
        _read = (delegate* unmanaged<nint, short*, nuint, nint>)NativeLibrary.GetExport(library, "snd_pcm_readi");
        _recover = (delegate* unmanaged<nint, int, int, int>)NativeLibrary.GetExport(library, "snd_pcm_recover");
        _wait = (delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(library, "snd_pcm_wait");
        _start = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "snd_pcm_start");
        _close = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "snd_pcm_close");
        _errorText = (delegate* unmanaged<int, byte*>)NativeLibrary.GetExport(library, "snd_strerror");
        _hints = (delegate* unmanaged<int, byte*, void***, int>)NativeLibrary.GetExport(library, "snd_device_name_hint");
        _hint = (delegate* unmanaged<void*, byte*, byte*>)NativeLibrary.GetExport(library, "snd_device_name_get_hint");
        _freeHints = (delegate* unmanaged<void**, int>)NativeLibrary.GetExport(library, "snd_device_name_free_hint");

        // The library writes a page on standard error where a device is missing; the error number says it too.
        var setErrorHandler = (delegate* unmanaged<delegate* unmanaged[Cdecl]<byte*, int, byte*, int, byte*, void>, int>)NativeLibrary.GetExport(library, "snd_lib_error_set_handler");
        _ = setErrorHandler(&KeepQuiet);
    }

    /// <summary>The library of this system, or null where it has none.</summary>
    public static AlsaLibrary? Instance => Loaded.Value;

    /// <summary>Opens a device for capture; a negative number is an error.</summary>
    public int Open(string device, out nint stream)
    {
        nint handle = 0;
        int error;
        fixed (byte* name = Text(device))
            error = _open(&handle, name, StreamCapture, 0);
        stream = error < 0 ? 0 : handle;
        return error;
    }

    /// <summary>16-bit samples, interleaved; the plug layer converts what the device does otherwise.</summary>
    public int SetParameters(nint stream, int channels, int rate, double bufferSeconds) =>
        _setParameters(stream, FormatSigned16LittleEndian, AccessInterleaved, (uint)channels, (uint)rate, AllowResampling, (uint)(bufferSeconds * 1e6));

    /// <summary>Starts to capture.</summary>
    public int Start(nint stream) => _start(stream);

    /// <summary>Waits until there is something to read: 1 if there is, 0 if not in time, negative for errors.</summary>
    public int Wait(nint stream, int milliseconds) => _wait(stream, milliseconds);

    /// <summary>Reads frames; how many, or a negative error.</summary>
    public long Read(nint stream, Span<short> samples, int channels)
    {
        fixed (short* start = samples)
            return _read(stream, start, (nuint)(samples.Length / channels));
    }

    /// <summary>Goes on after an overrun or a suspend; a negative number if that is not what happened.</summary>
    public int Recover(nint stream, int error) => _recover(stream, error, 1);

    public void Close(nint stream) => _close(stream);

    /// <summary>What an error number means.</summary>
    public string Error(long error) => Marshal.PtrToStringUTF8((nint)_errorText((int)error)) ?? $"error {error}";

    /// <summary>Name, description and direction of each PCM device.</summary>
    public List<(string? Name, string? Description, string? Direction)> Hints()
    {
        List<(string?, string?, string?)> found = [];
        void** hints = null;
        int error;
        fixed (byte* kind = "pcm\0"u8)
            error = _hints(-1, kind, &hints);
        if (error < 0)
            return found;
        try
        {
            for (void** hint = hints; *hint is not null; hint++)
                found.Add((Hint(*hint, "NAME"), Hint(*hint, "DESC"), Hint(*hint, "IOID")));
        }
        finally
        {
            _freeHints(hints);
        }

        return found;
    }

    /// <summary>Takes the library's messages. It is called with more arguments, which Linux's calling conventions let it leave alone.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void KeepQuiet(byte* file, int line, byte* function, int error, byte* format)
    {
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private string? Hint(void* hint, string what)
    {
        byte* value;
        fixed (byte* id = Text(what))
            value = _hint(hint, id);
        if (value is null)
            return null;
        string? text = Marshal.PtrToStringUTF8((nint)value);
        NativeMemory.Free(value);
        return text;
    }

    private static AlsaLibrary? Load() => OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libasound.so.2", out nint library) ? new AlsaLibrary(library) : null;
}
