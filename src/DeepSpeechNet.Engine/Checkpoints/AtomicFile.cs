namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>
/// The one way in which this program saves a file: the content goes to a temporary file in the same folder, which is flushed
/// to the disk and then renamed over the old file, and the folder is flushed after it. Whoever opens the path, at any moment
/// and after any failure, finds the whole old file or the whole new one, never a part.
/// </summary>
/// <remarks>
/// Thread-safe. Two savers of one path do not disturb each other; the last rename wins. A process killed while saving leaves
/// a hidden temporary file (<c>.NAME.RANDOM.tmp</c>) behind, which <see cref="RemoveLeftovers"/> clears away.
/// </remarks>
public static class AtomicFile
{
    private const int BufferBytes = 1 << 16;
    private const int LinuxNoSpace = 28, LinuxQuota = 122, WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Saves a file: <paramref name="write"/> gets a stream to write (and seek) in, and must not close it.</summary>
    /// <param name="path">The file to create or to replace. Its folder must exist. A symbolic link is followed.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="FileSaveException">The file could not be saved (folder missing, no permission, disk full); the old
    /// file, if there was one, is unchanged and the temporary file is removed.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, DiskFileLayer.Instance);

    /// <summary>Removes the temporary files that killed saves of <paramref name="path"/> left in its folder.
    /// Only for paths that no other process is saving.</summary>
    /// <param name="path">The file whose leftovers go; its name may end in <c>*</c>.</param>
    public static void RemoveLeftovers(string path)
    {
        string target = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder)) return;
        foreach (string leftover in Directory.EnumerateFiles(folder, $".{Path.GetFileName(target)}.*.tmp"))
            TryDelete(DiskFileLayer.Instance, leftover);
    }

    internal static void Write(string path, Action<Stream> write, IFileLayer files)
    {
        string target = files.Resolve(path);
        string folder = Path.GetDirectoryName(target)!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (Stream file = files.Create(temporary))
            {
                // Not disposed: after a failure its disposal would write once more.
                var buffered = new BufferedStream(file, BufferBytes);
                write(buffered);
                buffered.Flush();
                files.FlushToDisk(file);
            }
            files.Replace(temporary, target);
        }
        catch (Exception e)
        {
            TryDelete(files, temporary);
            if (e is IOException and not FileSaveException or UnauthorizedAccessException) throw Explain(path, e);
            throw;
        }

        try
        {
            files.FlushFolder(folder);
        }
        catch (IOException e)
        {
            throw new FileSaveException(path, $"'{path}' is saved, but its folder could not be flushed to the disk " +
                $"({e.Message}): a power cut now may bring the earlier file back. Check the disk.", e);
        }
    }

    private static FileSaveException Explain(string path, Exception e) => new(path, e switch
    {
        DirectoryNotFoundException => $"Cannot save '{path}': its folder does not exist. Create it and try again.",
        UnauthorizedAccessException => $"Cannot save '{path}': this user may not write there. Choose another place, or change " +
            "the permissions of the folder.",
        _ when e.HResult is LinuxNoSpace or LinuxQuota or WindowsDiskFull =>
            $"Cannot save '{path}': the disk is full. Free some space and try again; an earlier file of this name is unchanged.",
        _ => $"Cannot save '{path}': {e.Message.TrimEnd('.')}. An earlier file of this name is unchanged.",
    }, e);

    private static void TryDelete(IFileLayer files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that led here matters more; a hidden temporary file does no harm.
        }
    }
}
