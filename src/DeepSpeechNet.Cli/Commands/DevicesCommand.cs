using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Ilgpu;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn devices</c>: what networks can run on here.</summary>
internal static class DevicesCommand
{
    public static Command Create(CommandConsole console)
    {
        Command command = new("devices", "List what networks can run on here.");
        command.SetAction(_ => Run(console));
        return command;
    }

    private static int Run(CommandConsole console)
    {
        using CpuDevice cpu = new();
        console.Out.WriteLine(cpu.Description);
        console.Line($"     {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}; {string.Join(", ", Extensions())}");
        foreach (DeviceEntry entry in DeviceCatalog.List().Skip(1))
        {
            console.Out.WriteLine($"{entry.Name}: {entry.Description}{(entry.IsUsable ? "" : " - cannot be used")}");
            if (entry.Obstacle is { } obstacle)
                console.Line($"     {obstacle}");
        }

        return 0;
    }

    private static IEnumerable<string> Extensions()
    {
        if (Avx512F.IsSupported)
            yield return "AVX-512";
        if (Fma.IsSupported)
            yield return "AVX2 with FMA";
        if (AdvSimd.IsSupported)
            yield return "Arm AdvSimd";
        if (!Vector128.IsHardwareAccelerated)
            yield return "no vector unit";
    }
}
