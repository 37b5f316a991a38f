namespace DeepSpeechNet.Audio.Files;

/// <summary>Keeps what comes from a pipe, so that it can be sought in: in memory, and from a size on in a temporary file.</summary>
internal static class Spool
{
    private const int MemoryLimit = 1 << 22;

    /// <summary>Takes the rest of a source and returns it as a stream at its start; disposing of that deletes the file.</summary>
    /// <exception cref="AudioFormatException">It is longer than <paramref name="limit"/> bytes.</exception>
    /// <exception cref="IOException">The temporary file cannot be written.</exception>
    public static Stream Keep(ByteSource source, long limit)
    {
        Stream spool = new MemoryStream();
        try
        {
            var block = new byte[1 << 16];
            int count;
            while ((count = source.ReadSome(block)) > 0)
            {
                if (spool.Length + count > limit)
                {
                    throw new AudioFormatException(
                        source.Name,
                        $"it is longer than {limit} bytes, the limit for formats that must be kept aside first; read it from a file, or convert it to WAV or FLAC.");
                }

                if (spool is MemoryStream && spool.Length + count > MemoryLimit)
                {
                    spool = MoveToFile(spool);
                }

                spool.Write(block, 0, count);
            }

            spool.Position = 0;
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private static FileStream MoveToFile(Stream memory)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(Path.Combine(Path.GetTempPath(), $"dsn-{Environment.ProcessId}-{Guid.NewGuid():N}.audio"), options);
        memory.Position = 0;
        memory.CopyTo(file);
        memory.Dispose();
        return file;
    }
}
