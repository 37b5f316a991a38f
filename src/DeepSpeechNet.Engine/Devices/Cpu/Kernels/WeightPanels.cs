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
            packed.PackPanels(source, columns, transposed, 0, packed.PanelCount);
            return;
        }

        int panels = packed.PanelCount, size = team.Size;
        team.Run(member => packed.PackPanels(source, columns, transposed, panels * member / size, panels * (member + 1) / size));
    }
}
