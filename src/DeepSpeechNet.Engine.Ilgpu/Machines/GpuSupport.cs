using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>Cards as ILGPU finds them.</summary>
internal static class GpuSupport
{
    /// <summary>
    /// The cards and what keeps others from being used, looked for once a process: under WSL ILGPU tells the runtime where CUDA's driver lies each time it looks, and the runtime takes
    /// that only once.
    /// </summary>
    private static readonly Lazy<(Context Context, List<DeviceEntry> Obstacles)> Found = new(Find);

    public static bool IsBuilt => true;

    /// <summary>Every card, those that cannot be used with the reason.</summary>
    public static IEnumerable<DeviceEntry> List()
    {
        int card = 0;
        List<DeviceEntry> usable = [];
        foreach (ILGPU.Runtime.Device device in Cards(Found.Value.Context))
        {
            usable.Add(new DeviceEntry(card == 0 ? "gpu" : FormattableString.Invariant($"gpu:{card}"), Describe(device), null));
            card++;
        }

        return [.. usable, .. Found.Value.Obstacles];
    }

    /// <summary>The card of this number.</summary>
    /// <exception cref="DeviceUnavailableException">There is no such card, or it does not start.</exception>
    public static Engine.Devices.Device Create(int card, CardOptions options)
    {
        (Context context, List<DeviceEntry> obstacles) = Found.Value;
        List<ILGPU.Runtime.Device> cards = Cards(context);
        if (card >= cards.Count)
        {
            string why = string.Join(" ", obstacles.ConvertAll(e => $"{e.Description}: {e.Obstacle}."));
            throw new DeviceUnavailableException(
                $"There is no card {card} to run on ({cards.Count} found). {why} 'dsn devices' lists what is there; --device cpu runs on the processor.");
        }

        Accelerator? accelerator = null;
        IlgpuMachine? machine = null;
        try
        {
            accelerator = cards[card].CreateAccelerator(context);
            machine = new IlgpuMachine(accelerator, options);
            return new IlgpuDevice(machine, options);
        }
        catch (Exception e)
        {
            if (machine is null)
                CardMemory.Free(accelerator);
            else
                machine.Dispose();
            if (e is AcceleratorException or NotSupportedException or InvalidOperationException or DllNotFoundException)
                throw new DeviceUnavailableException($"The card {cards[card].Name} does not start: {e.Message} --device cpu runs on the processor.", e);
            throw;
        }
    }

    private static (Context Context, List<DeviceEntry> Obstacles) Find()
    {
        NativeLibraries.Register();
        List<DeviceEntry> obstacles = [];
        Context.Builder builder = Context.Create();
        int cards = 0;
        try
        {
            builder.Cuda(device =>
            {
                cards++;
                return Accept(device, obstacles);
            });
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or NotSupportedException or AcceleratorException or TypeInitializationException)
        {
            obstacles.Add(new DeviceEntry("gpu", "CUDA", e.Message));
        }

        if (!NativeLibraries.Exists(NativeLibraries.Cuda))
            obstacles.Add(new DeviceEntry("gpu", "CUDA", $"{NativeLibraries.Cuda[0]} is not on this system: it comes with NVIDIA's driver"));
        else if (cards == 0)
            obstacles.Add(new DeviceEntry("gpu", "CUDA", "NVIDIA's driver is here but shows no card: see what nvidia-smi says"));
        cards = 0;
        try
        {
            builder.OpenCL(device =>
            {
                cards++;
                return Accept(device, obstacles);
            });
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or NotSupportedException or AcceleratorException or TypeInitializationException)
        {
            obstacles.Add(new DeviceEntry("gpu", "OpenCL", e.Message));
        }

        if (!NativeLibraries.Exists(NativeLibraries.OpenCl))
            obstacles.Add(new DeviceEntry("gpu", "OpenCL", $"{NativeLibraries.OpenCl[0]} is not on this system: install an OpenCL loader (Debian: ocl-icd-libopencl1) and the driver of the card, or PoCL 4 or newer"));
        else if (cards == 0)
            obstacles.Add(new DeviceEntry("gpu", "OpenCL", "the loader is here but no driver offers a device: install the driver of the card, or PoCL 4 or newer"));
        return (builder.ToContext(), obstacles);
    }

    /// <summary>CUDA cards first: they have the better compiler.</summary>
    private static List<ILGPU.Runtime.Device> Cards(Context context)
    {
        List<ILGPU.Runtime.Device> cards = [];
        foreach (CudaDevice device in context.GetCudaDevices())
            cards.Add(device);
        foreach (CLDevice device in context.GetCLDevices())
            cards.Add(device);
        return cards;
    }

    private static bool Accept(CudaDevice device, List<DeviceEntry> obstacles)
    {
        if (device.Architecture.HasValue && device.InstructionSet.HasValue)
            return true;
        obstacles.Add(new DeviceEntry("gpu", $"CUDA: {device.Name}", $"its driver ({device.DriverVersion}) is too old for ILGPU or its architecture is unknown: install a newer driver"));
        return false;
    }

    private static bool Accept(CLDevice device, List<DeviceEntry> obstacles)
    {
        string? obstacle = device.CLStdVersion < CLBackend.MinimumVersion ? $"its driver offers OpenCL C {device.CLStdVersion}, ILGPU needs {CLBackend.MinimumVersion}: install a newer driver (PoCL 4 or newer)"
            : !device.Capabilities.GenericAddressSpace ? "its driver has no generic address space, which ILGPU needs: install a newer driver (PoCL 4 or newer)"
            : !device.Capabilities.Float64 ? "it has no double precision, which CTC and the norms need: there is no cure"
            : device.MaxNumThreadsPerGroup < Kernels.GroupSums.MostLanes ? $"its groups have at most {device.MaxNumThreadsPerGroup} lanes; {Kernels.GroupSums.MostLanes} are needed: there is no cure"
            : device.MaxSharedMemoryPerGroup < Kernels.RecurrentProducts.SharedBytes ? $"its groups share at most {device.MaxSharedMemoryPerGroup / 1024} KB; {Kernels.RecurrentProducts.SharedBytes / 1024} are needed: there is no cure"
            : null;
        if (obstacle is not null)
            obstacles.Add(new DeviceEntry("gpu", $"OpenCL: {device.Name} ({device.PlatformName})", obstacle));
        return obstacle is null;
    }

    private static string Describe(ILGPU.Runtime.Device device) => FormattableString.Invariant(
        $"{(device is CudaDevice cuda ? $"CUDA: {device.Name}, {cuda.Architecture}" : $"OpenCL: {device.Name} ({((CLDevice)device).PlatformName})")}, {device.MemorySize / 1073741824.0:0.#} GB");
}
