using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>
/// Finds the drivers' libraries: ILGPU asks for <c>libcuda.so</c> and <c>libOpenCL.so</c>, names that only development packages bring, while drivers bring
/// those with a version.
/// </summary>
internal static class NativeLibraries
{
    /// <summary>The names of CUDA's driver.</summary>
    public static readonly string[] Cuda = OperatingSystem.IsWindows() ? ["nvcuda"] : ["libcuda.so.1", "cuda"];

    /// <summary>The names of the OpenCL loader.</summary>
    public static readonly string[] OpenCl = OperatingSystem.IsWindows() ? ["opencl"] : ["libOpenCL.so.1", "OpenCL"];

    private static readonly Lazy<bool> Registered = new(SetResolver);

    /// <summary>Has ILGPU's assembly look for them by these names, once a process.</summary>
    public static void Register() => _ = Registered.Value;

    /// <summary>Whether a library of one of these names can be loaded.</summary>
    public static bool Exists(string[] names) => Load(names, typeof(Context).Assembly, null) != 0;

    private static bool SetResolver()
    {
        // Under WSL ILGPU sets a resolver of its own, and an assembly takes only one.
        if (OperatingSystem.IsLinux() && File.Exists("/proc/version") && File.ReadAllText("/proc/version").Contains("microsoft", StringComparison.OrdinalIgnoreCase))
            return false;
        NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, assembly, path) => name switch
        {
            "cuda" or "nvcuda" => Load(Cuda, assembly, path),
            "OpenCL" or "opencl" => Load(OpenCl, assembly, path),
            _ => 0,
        });
        return true;
    }

    private static nint Load(string[] names, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, assembly, path, out nint library))
                return library;
        }

        return 0;
    }
}
