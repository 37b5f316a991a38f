using System.Runtime.InteropServices;

namespace DeepSpeechNet.Benchmarks;

/// <summary>The processor time of the calling thread: what a computation costs on a machine that is busy with other work.</summary>
internal static partial class ThreadClock
{
    private const int LinuxThreadClock = 3;

    /// <summary>Milliseconds since some start; on systems without the call, elapsed time.</summary>
    public static double Milliseconds
    {
        get
        {
            if (OperatingSystem.IsLinux() && clock_gettime(LinuxThreadClock, out TimeSpec time) == 0)
                return (time.Seconds * 1e3) + (time.Nanoseconds * 1e-6);
            return Environment.TickCount64;
        }
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
