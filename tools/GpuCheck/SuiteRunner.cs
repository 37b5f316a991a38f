using System.Diagnostics;
using System.Reflection;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu;
using DeepSpeechNet.Engine.Ilgpu.Tests;
using DeepSpeechNet.Engine.Tensors;
using Xunit;
using Xunit.Sdk;

namespace DeepSpeechNet.GpuCheck;

/// <summary>
/// Runs the device tests of the test project inside this program, since a machine with a card may have no SDK to run them with: every fact and every case
/// of a theory, each on an object of its own that is disposed behind it.
/// </summary>
internal static class SuiteRunner
{
    /// <summary>Runs the tests on a card, prints those that fail, and how many passed.</summary>
    /// <param name="card">The card; null for ILGPU's processor accelerator, or for the tests' stand-in where this build has no GPU support.</param>
    /// <param name="only">What a test's name must hold.</param>
    /// <returns>Whether all passed.</returns>
    public static bool Run(string? card, string only)
    {
        // What the test project's own devices go by.
        Environment.SetEnvironmentVariable("DSN_TEST_DEVICE", card);
        string device = card ?? (DeviceCatalog.HasGpuSupport ? "ILGPU's processor accelerator" : "the tests' stand-in");
        int passed = 0, failed = 0, skipped = 0;
        long start = Stopwatch.GetTimestamp();
        foreach (Type type in typeof(IlgpuRowsTests).Assembly.GetExportedTypes().Where(t => t is { IsClass: true, IsAbstract: false }).OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            foreach (MethodInfo method in type.GetMethods().OrderBy(m => m.Name, StringComparer.Ordinal))
            {
                if (method.GetCustomAttribute<FactAttribute>() is not { } fact || !$"{type.Name}.{method.Name}".Contains(only, StringComparison.OrdinalIgnoreCase))
                    continue;
                if (fact.Skip is not null)
                {
                    skipped++;
                    continue;
                }

                foreach (object?[] arguments in Cases(fact, method))
                {
                    if (Fault(type, method, arguments) is not { } fault)
                    {
                        passed++;
                        continue;
                    }

                    failed++;
                    Console.WriteLine($"FAILED {type.Name}.{method.Name}({string.Join(", ", arguments)}): {fault.GetType().Name}: {fault.Message}");
                    if (fault is DeviceUnavailableException && card is not null && !Answers(card))
                    {
                        Console.WriteLine($"device tests on {device}: stopped, since the card answers this process no more after that test; {passed} passed before. --only runs the others.");
                        Console.WriteLine();
                        return false;
                    }
                }
            }
        }

        Console.WriteLine($"device tests on {device}: {passed} passed, {failed} failed, {skipped} skipped, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
        Console.WriteLine();
        return failed == 0 && passed > 0;
    }

    /// <summary>Whether a card still computes: after some faults a driver refuses all that a process asks for, and each test left would fail for the first one's sake.</summary>
    private static bool Answers(string card)
    {
        try
        {
            using Device device = DeviceCatalog.Create(card);
            Tensor value = device.Allocate(ElementType.Float32, new Shape(1));
            device.Fill(value, 1);
            float[] result = new float[1];
            device.Download(value, System.Runtime.InteropServices.MemoryMarshal.AsBytes(result.AsSpan()));
            return result[0] == 1;
        }
        catch (DeviceUnavailableException)
        {
            return false;
        }
    }

    private static IEnumerable<object?[]> Cases(FactAttribute fact, MethodInfo method) =>
        fact is TheoryAttribute ? method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method)) : [[]];

    /// <summary>What a <c>params</c> array at the end takes as one.</summary>
    private static object?[] Packed(MethodInfo method, object?[] arguments)
    {
        ParameterInfo[] parameters = method.GetParameters();
        if (parameters.Length == 0 || !parameters[^1].IsDefined(typeof(ParamArrayAttribute)) || (arguments.Length == parameters.Length && parameters[^1].ParameterType.IsInstanceOfType(arguments[^1])))
            return arguments;
        int single = parameters.Length - 1;
        Array rest = Array.CreateInstance(parameters[^1].ParameterType.GetElementType()!, arguments.Length - single);
        for (int i = 0; i < rest.Length; i++)
            rest.SetValue(arguments[single + i], i);
        return [.. arguments.Take(single), rest];
    }

    private static Exception? Fault(Type type, MethodInfo method, object?[] arguments)
    {
        try
        {
            object test = Activator.CreateInstance(type)!;
            try
            {
                if (method.Invoke(test, Packed(method, arguments)) is Task task)
                    task.GetAwaiter().GetResult();
            }
            finally
            {
                (test as IDisposable)?.Dispose();
            }

            return null;
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException ?? e;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }
}
