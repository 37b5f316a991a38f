using System.Diagnostics;

namespace DeepSpeechNet.Cli.Tests;

/// <summary>A test that needs a disk of its own to fill; skipped, with the reason, where this user may not mount one.</summary>
public sealed class FullDiskTheoryAttribute : TheoryAttribute
{
    public FullDiskTheoryAttribute()
    {
        if (!FullDisk.IsPossible)
            Skip = "This system does not let a test mount a small file system in a name space of its own (unshare, tmpfs).";
    }
}

/// <summary>A small disk without a free byte, which only the command run on it sees.</summary>
internal static class FullDisk
{
    // The first argument is where the disk appears; the rest is the command. What it leaves there is listed behind a line of its exit code.
    private const string Script =
        "mount -t tmpfs -o size=16k tmpfs \"$1\" || exit 99; disk=$1; shift; printf old > \"$disk/old\"; cat /dev/zero > \"$disk/filler\" 2> /dev/null; " +
        "\"$@\"; echo \"exit $?\"; cd \"$disk\"; ls -A; cat old";

    public static bool IsPossible { get; } = OperatingSystem.IsLinux() && Probe();

    /// <summary>Runs <c>dsn</c> as a process of its own with a full disk mounted on a folder; gives its output and errors.</summary>
    public static (string Output, string Errors) Run(string folder, params string[] arguments)
    {
        Directory.CreateDirectory(folder);
        return Start([folder, Environment.ProcessPath!, "exec", Path.Combine(AppContext.BaseDirectory, "dsn.dll"), .. arguments]);
    }

    private static bool Probe()
    {
        string folder = Directory.CreateTempSubdirectory("dsn-disk-").FullName;
        try
        {
            return Start([folder, "true"]).Output == "exit 0\nfiller\nold\nold";
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return false;
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    private static (string Output, string Errors) Start(string[] arguments)
    {
        ProcessStartInfo start = new("unshare", ["--map-root-user", "--mount", "sh", "-c", Script, "sh", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, errors.Result);
    }
}
