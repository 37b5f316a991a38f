using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// The packed forms of a recurrent weight [G*H, H], kept in its tensor's <see cref="Tensor.DeviceCache"/> until the weight's buffer changes.
/// Units stand in blocks of <see cref="PackedMatrix.PanelWidth"/>, the last one padded with zeros, and a block is what a thread owns.
/// <para>
/// Forwards (y = h U^T) panel <c>block * gates + gate</c> holds one gate of one block, so that the gates of a block lie together.
/// Backwards (dh = da U) panel <c>block</c> holds the columns of a block, as deep as the gates have rows.
/// </para>
/// </summary>
internal sealed unsafe class RecurrentPanels : IDisposable
{
    private readonly List<Entry> _entries = [];
    private ShortPanels? _shorts;
    private int? _shortsVersion;

    /// <summary>The forward panels of gates <paramref name="firstGate"/> to <paramref name="firstGate"/> + <paramref name="gates"/> - 1.</summary>
    public static PackedMatrix Forward(Tensor weight, int firstGate, int gates, WorkerTeam team) => Of(weight, firstGate, gates, forward: true, team);

    /// <summary>The backward panels of the same gates' rows.</summary>
    public static PackedMatrix Backward(Tensor weight, int firstGate, int gates, WorkerTeam team) => Of(weight, firstGate, gates, forward: false, team);

    /// <summary>The forward panels of all gates in whole numbers, where the weight and the processor allow them; else null.</summary>
    public static ShortPanels? Shorts(Tensor weight)
    {
        if (!weight.RowsFitBytes || !weight.IsParameter || !ShortPanels.IsSupported)
            return null;
        RecurrentPanels cache = CacheOf(weight);
        if (cache._shortsVersion != weight.Buffer.Version)
        {
            cache._shorts ??= new ShortPanels();
            cache._shorts.Pack(CpuDevice.Floats(weight), weight.Shape.Columns, weight.Shape.Rows / weight.Shape.Columns);
            cache._shortsVersion = weight.Buffer.Version;
        }

        return cache._shorts;
    }

    public void Dispose()
    {
        _shorts?.Dispose();
        _shorts = null;
        _shortsVersion = null;
        foreach (Entry entry in _entries)
            entry.Panels.Dispose();
        _entries.Clear();
    }

    private static PackedMatrix Of(Tensor weight, int firstGate, int gates, bool forward, WorkerTeam team)
    {
        RecurrentPanels cache = CacheOf(weight);
        Entry? entry = cache._entries.Find(e => e.FirstGate == firstGate && e.Gates == gates && e.Forward == forward);
        if (entry is null)
            cache._entries.Add(entry = new Entry(firstGate, gates, forward));

        // Only a parameter says when it changes; anything else is packed for each use.
        int version = weight.Buffer.Version;
        if (!weight.IsParameter || entry.Version != version)
        {
            Pack(weight, entry, team);
            entry.Version = version;
        }

        return entry.Panels;
    }

    private static RecurrentPanels CacheOf(Tensor weight)
    {
        if (weight.DeviceCache is not RecurrentPanels cache)
            weight.DeviceCache = cache = new RecurrentPanels();
        return cache;
    }

    private static void Pack(Tensor weight, Entry entry, WorkerTeam team)
    {
        const int width = PackedMatrix.PanelWidth;
        int hidden = weight.Shape.Columns, gates = entry.Gates;
        int blocks = (hidden + width - 1) / width;
        float* source = CpuDevice.Floats(weight) + ((nint)entry.FirstGate * hidden * hidden);
        PackedMatrix panels = entry.Panels;
        bool forward = entry.Forward;
        panels.Resize(forward ? hidden : gates * hidden, forward ? blocks * gates * width : blocks * width);
        int members = weight.Count < 65_536 ? 1 : team.Size;
        if (members == 1)
            PackBlocks(source, hidden, gates, forward, panels, 0, blocks);
        else
            team.Run(member => PackBlocks(source, hidden, gates, forward, panels, blocks * member / members, blocks * (member + 1) / members));
    }

    private static void PackBlocks(float* source, int hidden, int gates, bool forward, PackedMatrix panels, int first, int end)
    {
        const int width = PackedMatrix.PanelWidth;
        for (int block = first; block < end; block++)
        {
            int unit = block * width, count = Math.Min(width, hidden - unit);
            if (!forward)
            {
                Packing.Copy(source + unit, hidden, gates * hidden, count, panels.Panel(block), width);
                continue;
            }

            for (int gate = 0; gate < gates; gate++)
                Packing.Transpose(source + (((nint)gate * hidden + unit) * hidden), hidden, hidden, count, panels.Panel((block * gates) + gate), width);
        }
    }

    private sealed class Entry(int firstGate, int gates, bool forward)
    {
        public int FirstGate { get; } = firstGate;

        public int Gates { get; } = gates;

        public bool Forward { get; } = forward;

        public PackedMatrix Panels { get; } = new();

        public int? Version { get; set; }
    }
}
