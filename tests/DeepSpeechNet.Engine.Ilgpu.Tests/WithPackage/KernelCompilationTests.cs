using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage;

/// <summary>Every kernel compiles for the cards, which needs neither card nor driver.</summary>
public sealed partial class KernelCompilationTests
{

    /// <summary>Every kernel: a public method over one structure of arguments.</summary>
    private static ImmutableArray<MethodInfo> Kernels =>
    [
        .. typeof(MatMulKernels).Assembly.GetTypes()
            .Where(t => t.Namespace == typeof(MatMulKernels).Namespace && t.Name.EndsWith("Kernels", StringComparison.Ordinal))
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(m => !m.IsGenericMethod),
        .. Enum.GetValues<CellKind>().SelectMany(cell => new[] { RecurrentPlan.Forward(cell), RecurrentPlan.Backward(cell) }).Select(plan => plan.Kernel.Method).Distinct(),
    ];

    /// <summary>
    /// Also that no kernel has the smallest denormal as a constant: ILGPU 1.5 makes it of a 1 where an integer <c>condition ? 1 : 0</c> becomes a floating-point number, which has to be
    /// written <c>1.0 : 0.0</c>.
    /// </summary>
    /// <param name="target">Turing, and Ampere: ILGPU writes nothing newer for newer cards.</param>
    [Theory]
    [InlineData(75)]
    [InlineData(80)]
    public void Every_kernel_becomes_PTX(int target)
    {
        using Context context = Context.Create(_ => { });
        using PTXBackend backend = new(context, new CudaArchitecture(target / 10, target % 10), CudaInstructionSet.ISA_70, null!);
        Assert.True(Kernels.Length > 40, $"only {Kernels.Length} kernels were found");
        foreach (MethodInfo kernel in Kernels)
        {
            PTXCompiledKernel compiled = (PTXCompiledKernel)Compile(backend, kernel);
            Assert.Contains($".target sm_{target}", compiled.PTXAssembly, StringComparison.Ordinal);
            MeetsAtBarriersAttribute? meets = kernel.GetCustomAttribute<MeetsAtBarriersAttribute>();
            Assert.DoesNotContain("0d0000000000000001", compiled.PTXAssembly, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("0f00000001", compiled.PTXAssembly, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(meets?.AcrossGroups ?? false, compiled.PTXAssembly.Contains(".minnctapersm 2", StringComparison.Ordinal));
            Assert.Equal(meets?.AcrossGroups ?? false, Meeting().IsMatch(compiled.PTXAssembly));
            Assert.Equal(meets is not null, compiled.PTXAssembly.Contains("bar", StringComparison.Ordinal) && compiled.PTXAssembly.Contains(".sync", StringComparison.Ordinal));
            if (Environment.GetEnvironmentVariable("DSN_PTX_FOLDER") is { } folder)
                File.WriteAllText(Path.Combine(folder, $"{Name(kernel)}.{target}.ptx"), compiled.PTXAssembly);
        }
    }

    [Fact]
    public void Every_kernel_becomes_OpenCL_C()
    {
        using Context context = Context.Create(_ => { });
        using CLBackend backend = new(context, new CLCapabilityContext(false, true, true, true, true), CLDeviceVendor.AMD, CLBackend.MinimumVersion);
        foreach (MethodInfo kernel in Kernels)
        {
            CLCompiledKernel compiled = (CLCompiledKernel)Compile(backend, kernel);
            Assert.Contains("kernel void", compiled.Source, StringComparison.Ordinal);
            Assert.DoesNotMatch("E-324|E-45", compiled.Source);
            if (Environment.GetEnvironmentVariable("DSN_PTX_FOLDER") is { } folder)
                File.WriteAllText(Path.Combine(folder, $"{Name(kernel)}.cl"), compiled.Source);
        }
    }

    private static string Name(MethodInfo kernel) => kernel.IsGenericMethod ? kernel.GetGenericArguments()[0].Name : $"{kernel.DeclaringType!.Name}.{kernel.Name}";

    /// <summary>How groups meet: all that was written is seen before a group counts itself as come, and nothing is read before all have.</summary>
    [GeneratedRegex(@"membar\.gl;\s+bar\.sync\s+0;.*?red\.add.*?atom\.add.*?bar\.sync\s+0;\s+membar\.gl;", RegexOptions.Singleline)]
    private static partial Regex Meeting();

    private static CompiledKernel Compile(Backend backend, MethodInfo kernel) =>
        backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), IlgpuMachine.Limits(kernel, 100 * 1024));
}
