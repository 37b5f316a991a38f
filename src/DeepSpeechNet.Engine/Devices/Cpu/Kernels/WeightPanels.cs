using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// The packed forms of a weight [out, in], kept in its tensor's <see cref="Tensor.DeviceCache"/> until the weight's buffer changes, so
/// that a weight is packed once per update and not once per product: its transpose for y = x W^T, itself for dx = dy W.
/// </summary>
internal sealed class WeightPanels : IDisposable
{
    private readonly PackedMatrix _straight = new();
    private readonly PackedMatrix _transposed = new();
    private int? _straightVersion;
    private int? _transposedVersion;

    /// <summary>The panels of a weight as B, or of its transpose; packed now if the kept ones are stale.</summary>
    /// <remarks>Valid until the weight changes and is asked for again. The caller must be the device's one thread at a time.</remarks>
    public static PackedMatrix Of(Tensor weight, bool transposed, WorkerTeam team)
    {
        if (weight.DeviceCache is not WeightPanels cache)
            weight.DeviceCache = cache = new WeightPanels();
        int version = weight.Buffer.Version;
        ref int? kept = ref transposed ? ref cache._transposedVersion : ref cache._straightVersion;
        PackedMatrix packed = transposed ? cache._transposed : cache._straight;
        if (kept != version)
        {
            Pack(weight, transposed, packed, team);
            kept = version;
        }

        return packed;
    }

    public void Dispose()
    {
        _straight.Dispose();
        _transposed.Dispose();
        _straightVersion = _transposedVersion = null;
    }

    private static unsafe void Pack(Tensor weight, bool transposed, PackedMatrix packed, WorkerTeam team)
    {
        int rows = weight.Shape.Rows, columns = weight.Shape.Columns;
        float* source = CpuDevice.Floats(weight);
        packed.Resize(transposed ? columns : rows, transposed ? rows : columns);
        if (team.Size == 1 || weight.Count < 65_536)
        {
            packed.PackPart(source, columns, transposed, 0, 1);
            return;
        }

        Share(source, columns, transposed, packed, team);
    }

    private static unsafe void Share(float* source, int stride, bool transposed, PackedMatrix packed, WorkerTeam team)
    {
        int parts = 4 * team.Size, next = 0;
        team.RunShared(_ =>
        {
            for (int part = Interlocked.Increment(ref next) - 1; part < parts; part = Interlocked.Increment(ref next) - 1)
                packed.PackPart(source, stride, transposed, part, parts);
        });
    }
}
