using System.CommandLine;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Ilgpu;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>Where a command's network runs: <c>--device</c>, <c>--precision</c> and <c>--threads</c>.</summary>
internal sealed class DeviceArguments
{
    private readonly Option<string> _device = new("--device")
    {
        Description = $"Where the network runs: {DeviceCatalog.Choices}; see 'dsn devices'.",
        DefaultValueFactory = _ => "cpu",
    };

    private readonly Option<string> _precision = new("--precision")
    {
        Description = "On a card, the factors of matrix products: float32, tf32 (what NVIDIA's library may round on its tensor cores) or bf16 (rounded to bfloat16).",
        DefaultValueFactory = _ => "float32",
    };

    private readonly Option<int> _threads = new("--threads") { Description = "Threads of the network on the processor; 0 means one per processor." };

    public void AddTo(Command command)
    {
        command.Add(_device);
        command.Add(_precision);
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
        string choice = parsed.GetValue(_device)!, rounding = parsed.GetValue(_precision)!;
        if (!DeviceCatalog.IsChoice(choice))
            throw new UsageException($"--device is '{choice}'; it must be {DeviceCatalog.Choices}.");
        ProductPrecision precision = rounding switch
        {
            "float32" => ProductPrecision.Float32,
            "tf32" => ProductPrecision.TensorFloat32,
            "bf16" => ProductPrecision.BFloat16,
            _ => throw new UsageException($"--precision is '{rounding}'; it must be float32, tf32 or bf16."),
        };
        if (choice == "cpu" && precision != ProductPrecision.Float32)
            throw new UsageException($"--precision {rounding} is for cards; the processor computes in float32. Name a card with --device too, or leave it out.");
        return DeviceCatalog.Create(choice, cpu, new CardOptions { Precision = precision });
    }
}
