using System.Runtime.InteropServices;

namespace DeepSpeechNet.Testing;

/// <summary>
/// A capture device without hardware: ALSA's file plugin over its null device, set up by a configuration of its own that takes the place of the system's
/// (ALSA_CONFIG_PATH). Device names are <c>sample</c> for the sound, with a minute of silence behind it, and <c>silence</c> for the null device. Both give
/// their samples as fast as they are taken, and neither ends: behind a file's end ALSA leaves the reader's buffer as it is.
/// </summary>
public sealed class AlsaFileDevice : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dsn-alsa-").FullName;

    /// <summary>Sets the device up.</summary>
    /// <param name="samples">What it will give: 16-bit samples of one channel at 16 kHz.</param>
    public AlsaFileDevice(ReadOnlySpan<short> samples)
    {
        string raw = Path.Combine(_folder, "sample.raw"), configuration = Path.Combine(_folder, "asound.conf");
        File.WriteAllBytes(raw, [.. MemoryMarshal.AsBytes(samples), .. new byte[60 * 32_000]]);
        File.WriteAllText(configuration, $$"""
            pcm.silence { type null }
            pcm.sample { type file slave.pcm "silence" file "/dev/null" infile "{{raw}}" format "raw" }

            """);
        if (SetEnvironment("ALSA_CONFIG_PATH", configuration, 1) != 0)
            throw new InvalidOperationException("The environment cannot be changed.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = UnsetEnvironment("ALSA_CONFIG_PATH");
        Directory.Delete(_folder, recursive: true);
    }

    // The runtime's own setter does not reach what native libraries read.
    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int SetEnvironment(string name, string value, int overwrite);

    [DllImport("libc", EntryPoint = "unsetenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int UnsetEnvironment(string name);
}
