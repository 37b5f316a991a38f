using System.Runtime.InteropServices;

namespace DeepSpeechNet.Cli.Benching;

/// <summary>The processor's name as its maker gives it.</summary>
internal static class Processor
{
    private const string LinuxList = "/proc/cpuinfo";

    public static string Name
    {
        get
        {
            if (File.Exists(LinuxList))
            {
                foreach (string line in File.ReadLines(LinuxList))
                {
                    if (line.StartsWith("model name", StringComparison.Ordinal))
                        return line[(line.IndexOf(':') + 1)..].Trim();
                }
            }

            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{RuntimeInformation.ProcessArchitecture} processor";
        }
    }
}
