using System.Diagnostics;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>A machine that waits for each kernel and writes down how long it took.</summary>
internal sealed class ProfiledMachine(Machine machine, LaunchProfile profile) : Machine
{
    private const string Faster = "product by library or tensor cores";

    /// <inheritdoc/>
    public override string Name => machine.Name;

    /// <inheritdoc/>
    public override int Lanes => machine.Lanes;

    /// <inheritdoc/>
    public override int GroupLanes => machine.GroupLanes;

    /// <inheritdoc/>
    public override int TileSide => machine.TileSide;

    /// <inheritdoc/>
    public override int Patience => machine.Patience;

    /// <inheritdoc/>
    public override long Launches => machine.Launches;

    /// <inheritdoc/>
    public override MachineBuffer Allocate(long bytes) => machine.Allocate(bytes);

    /// <inheritdoc/>
    public override bool GroupsMeet => machine.GroupsMeet;

    /// <inheritdoc/>
    public override int GroupsAtOnce<T>(Action<T> kernel, int lanes) => machine.GroupsAtOnce(kernel, lanes);

    /// <inheritdoc/>
    public override void Launch<T>(Action<T> kernel, Extent grid, Extent group, in T arguments)
    {
        long start = Start();
        machine.Launch(kernel, grid, group, arguments);
        End(kernel.Method.IsGenericMethod ? kernel.Method.GetGenericArguments()[0].Name : $"{kernel.Method.DeclaringType!.Name}.{kernel.Method.Name}", start);
    }

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<byte> source, ArrayView<byte> target) => machine.Upload(source, target);

    /// <inheritdoc/>
    public override void Download(ArrayView<byte> source, Span<byte> target) => machine.Download(source, target);

    /// <inheritdoc/>
    public override void Wait() => machine.Wait();

    /// <inheritdoc/>
    public override bool HasFasterWayFor(in MatMulArguments product) => machine.HasFasterWayFor(product);

    /// <inheritdoc/>
    public override void Multiply(in MatMulArguments product)
    {
        long start = Start();
        machine.Multiply(product);
        End(Faster, start);
    }

    /// <inheritdoc/>
    public override void Multiply(in MatMulArguments product, ArrayView<ushort> a, ArrayView<ushort> b)
    {
        long start = Start();
        machine.Multiply(product, a, b);
        End(Faster, start);
    }

    /// <inheritdoc/>
    public override void Dispose() => machine.Dispose();

    /// <summary>What is still to be fetched is not the kernel's.</summary>
    private long Start()
    {
        machine.Wait();
        return Stopwatch.GetTimestamp();
    }

    private void End(string kernel, long start)
    {
        machine.Wait();
        profile.Add(kernel, Stopwatch.GetElapsedTime(start));
    }
}
