using System.CommandLine;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Ilgpu;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>Where a command's network runs: <c>--device</c> and <c>--threads</c>.</summary>
internal sealed class DeviceArguments
{
    private readonly Option<string> _device = new("--device")
    {
        Description = $"Where the network runs: {DeviceCatalog.Choices}; see 'dsn devices'.",
        DefaultValueFactory = _ => "cpu",
    };

    private readonly Option<int> _threads = new("--threads") { Description = "Threads of the network on the processor; 0 means one per processor." };

    public void AddTo(Command command)
    {
        command.Add(_device);
        command.Add(_threads);
    }

    /// <summary>The threads asked for; 0 for one per processor.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>The device asked for.</summary>
    /// <exception cref="UsageException">An option is out of its range.</exception>
    /// <exception cref="DeviceUnavailableException">There is no such card.</exception>
    public Device Create(ParseResult parsed)
    {
        CpuDeviceOptions cpu = new() { Threads = Threads(parsed) };
        UsageException.Check(cpu.Validate);
        string choice = parsed.GetValue(_device)!;
        return DeviceCatalog.IsChoice(choice)
            ? DeviceCatalog.Create(choice, cpu)
            : throw new UsageException($"--device is '{choice}'; it must be {DeviceCatalog.Choices}.");
    }
}
