using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSpeechNet.Benchmarks;

/// <summary>Names the machine that a figure was measured on.</summary>
internal static class Machine
{
    /// <summary>One line: processor, cores, vector width, runtime.</summary>
    public static string Describe()
    {
        string cpu = "unknown processor";
        if (File.Exists("/proc/cpuinfo"))
        {
            string[] lines = File.ReadAllLines("/proc/cpuinfo");
            string Field(string name) => lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "?";
            cpu = $"{Field("model name")} (family {Field("cpu family")}, model {Field("model\t")})";
        }

        string simd = Avx512F.IsSupported ? "AVX-512" : Fma.IsSupported ? "AVX2+FMA" : Vector128.IsHardwareAccelerated ? "128-bit" : "scalar";
        return $"# {cpu}, {Environment.ProcessorCount} cores, {simd}, .NET {Environment.Version}";
    }

    /// <summary>Waits until the machine's processors are at least 93% idle for 60 ms, at most <paramref name="limit"/>; whether they were. True at once where the system does not say.</summary>
    public static bool WaitUntilIdle(TimeSpan limit)
    {
        if (!File.Exists("/proc/stat"))
            return true;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            (long all, long idle) before = ProcessorTimes();
            Thread.Sleep(60);
            (long all, long idle) after = ProcessorTimes();
            if (after.all > before.all && after.idle - before.idle >= 0.93 * (after.all - before.all))
                return true;
            if (Stopwatch.GetElapsedTime(start) > limit)
                return false;
        }
    }

    private static (long All, long Idle) ProcessorTimes()
    {
        string[] fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long all = 0;
        for (int i = 1; i < Math.Min(fields.Length, 9); i++)
            all += long.Parse(fields[i]);
        return (all, long.Parse(fields[4]) + long.Parse(fields[5]));
    }
}
