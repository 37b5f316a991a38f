using System.Globalization;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;

namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>What networks can run on here, and how to get it: the processor always, cards where this build has GPU support and the system drivers for them.</summary>
public static class DeviceCatalog
{
    /// <summary>What a choice of device may be, for help texts and messages.</summary>
    public const string Choices = "cpu, gpu, gpu:1 (the second card) or auto";

    /// <summary>Whether this build can use cards at all: it was built with <c>-p:OptionalPackages=true</c>.</summary>
    public static bool HasGpuSupport => GpuSupport.IsBuilt;

    /// <summary>The processor, then every card with what keeps it from being used.</summary>
    public static IReadOnlyList<DeviceEntry> List()
    {
        using CpuDevice cpu = new(new CpuDeviceOptions { Threads = 1 });
        List<DeviceEntry> entries = [new("cpu", cpu.Description, null)];
        entries.AddRange(GpuSupport.List());
        return entries;
    }

    /// <summary>Whether <paramref name="choice"/> is one of <see cref="Choices"/>.</summary>
    public static bool IsChoice(string choice) => choice is "cpu" or "gpu" or "auto" || CardNumber(choice) is not null;

    /// <summary>
    /// The device that was chosen. <c>auto</c> takes the first card where there is one that computes a matrix product faster than the processor does, else
    /// the processor; what it measured of these two it keeps for the next time (<see cref="DeviceChoices"/>).
    /// </summary>
    /// <param name="choice">One of <see cref="Choices"/>.</param>
    /// <param name="cpu">How the processor is used where it is chosen.</param>
    /// <param name="card">How a card is used where it is chosen.</param>
    /// <exception cref="ArgumentException"><paramref name="choice"/> is none of <see cref="Choices"/>.</exception>
    /// <exception cref="DeviceUnavailableException">The card that was asked for is not there.</exception>
    public static Device Create(string choice, CpuDeviceOptions? cpu = null, CardOptions? card = null)
    {
        ArgumentNullException.ThrowIfNull(choice);
        card ??= new CardOptions();
        if (choice == "cpu")
            return new CpuDevice(cpu);
        if (choice == "auto")
            return Faster(cpu, card);
        int number = choice == "gpu" ? 0 : CardNumber(choice) ?? throw new ArgumentException($"A device is {Choices}, not '{choice}'.", nameof(choice));
        return GpuSupport.Create(number, card);
    }

    private static Device Faster(CpuDeviceOptions? options, CardOptions cardOptions)
    {
        CpuDevice cpu = new(options);
        DeviceEntry? entry = GpuSupport.List().FirstOrDefault(e => e.IsUsable);
        string pair = $"{cpu.Description}, {entry?.Description}{(cardOptions.Precision == ProductPrecision.Float32 ? "" : $", {cardOptions.Precision}")}{(cardOptions.VendorLibrary ? "" : ", no library")}";
        bool? faster = entry is null ? false : DeviceChoices.OfUser.CardIsFaster(pair);
        if (faster == false)
            return cpu;
        Device card;
        try
        {
            card = GpuSupport.Create(0, cardOptions);
        }
        catch (DeviceUnavailableException)
        {
            return cpu;
        }

        if (faster is null)
            DeviceChoices.OfUser.Keep(pair, (faster = DeviceSpeed.ProductTime(card) < DeviceSpeed.ProductTime(cpu)).Value);
        (Device taken, Device left) = faster.Value ? (card, (Device)cpu) : (cpu, card);
        left.Dispose();
        return taken;
    }

    private static int? CardNumber(string choice) =>
        choice.StartsWith("gpu:", StringComparison.Ordinal) && int.TryParse(choice.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out int card) ? card : null;
}
