namespace DeepSpeechNet.Engine.Devices.Cpu;

/// <summary>Settings of the <see cref="CpuDevice"/>.</summary>
public sealed record CpuDeviceOptions
{
    /// <summary>How many threads work on a primitive, the caller's included; 0 means one per processor. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public void Validate()
    {
        if (Threads is < 0 or > 1024)
            throw new ArgumentException($"{nameof(Threads)} is {Threads}; it must be 0 (one per processor) to 1024.");
    }
}
