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
}
