using System.Runtime.InteropServices;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>The real file system.</summary>
internal sealed partial class DiskFileLayer : IFileLayer
{
    private const int ReadOnly = 0, CloseOnExec = 0x80000;
    private const int IoError = 5, NoSpace = 28, Quota = 122;

    public static DiskFileLayer Instance { get; } = new();

    public string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        var file = new FileInfo(full);
        return file.LinkTarget is null ? full : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    public Stream Create(string path) => new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    public void FlushToDisk(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    public void Replace(string temporary, string target) => File.Move(temporary, target, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    /// <summary>On Linux, fsync of the folder: without it a rename may be lost in a power cut. Elsewhere nothing:
    /// Windows has no such call, and a file system that knows no flush of folders is left alone.</summary>
    public void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        int descriptor = Open(folder, ReadOnly | CloseOnExec);
        if (descriptor < 0) return;
        try
        {
            if (Sync(descriptor) == 0) return;
            int error = Marshal.GetLastPInvokeError();
            if (error is IoError or NoSpace or Quota) throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
