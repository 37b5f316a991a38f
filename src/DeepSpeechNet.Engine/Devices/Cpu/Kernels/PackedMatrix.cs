using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// The right-hand operand B (K x N) of a product as the kernels read it: panels of <see cref="PanelWidth"/> columns one after the other,
/// each laid out <c>[k][PanelWidth]</c>, the last one padded with zeros. A packed matrix is filled again in place where the new content
/// is not larger, without allocating.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Columns of a panel: two 512-bit vectors.</summary>
    public const int PanelWidth = 32;

    private float* _data;
    private long _capacity;

    ~PackedMatrix() => NativeMemory.AlignedFree(_data);

    /// <summary>K: the rows of B.</summary>
    public int Depth { get; private set; }

    /// <summary>N: the columns of B.</summary>
    public int Columns { get; private set; }

    /// <summary>How many panels there are.</summary>
    public int PanelCount { get; private set; }

    /// <summary>The first element of a panel; element (k, j) of it lies k * <see cref="PanelWidth"/> + j behind.</summary>
    public float* Panel(int panel) => _data + ((nint)panel * Depth * PanelWidth);

    /// <summary>How many columns of a panel are B's and not padding.</summary>
    public int WidthOf(int panel) => Math.Min(PanelWidth, Columns - (panel * PanelWidth));

    /// <summary>Fills this with B given by rows: element (k, n) lies at <c>source[k * stride + n]</c>.</summary>
    public void Pack(float* source, nint stride, int depth, int columns)
    {
        Resize(depth, columns);
        PackPanels(source, stride, transposed: false, 0, PanelCount);
    }

    /// <summary>Fills this with B given by columns, as weights [out, in] are for y = x W^T: element (k, n) lies at <c>source[n * stride + k]</c>.</summary>
    public void PackTransposed(float* source, nint stride, int depth, int columns)
    {
        Resize(depth, columns);
        PackPanels(source, stride, transposed: true, 0, PanelCount);
    }

    /// <summary>Makes room for a K x N matrix, whose panels the caller then fills by <see cref="PackPanels"/>, each thread its own.</summary>
    public void Resize(int depth, int columns)
    {
        int panels = (columns + PanelWidth - 1) / PanelWidth;
        long count = (long)panels * depth * PanelWidth;
        if (count > _capacity)
        {
            NativeMemory.AlignedFree(_data);
            _data = null;
            _capacity = 0;
            _data = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), CpuBuffer.Alignment);
            _capacity = count;
        }

        Depth = depth;
        Columns = columns;
        PanelCount = panels;
    }

    /// <summary>Fills panels <paramref name="first"/> to <paramref name="end"/> - 1 from the whole matrix at <paramref name="source"/>.</summary>
    public void PackPanels(float* source, nint stride, bool transposed, int first, int end)
    {
        for (int panel = first; panel < end; panel++)
        {
            nint column = (nint)panel * PanelWidth;
            if (transposed)
                Packing.Transpose(source + (column * stride), stride, Depth, WidthOf(panel), Panel(panel), PanelWidth);
            else
                Packing.Copy(source + column, stride, Depth, WidthOf(panel), Panel(panel), PanelWidth);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
        _capacity = 0;
        Depth = Columns = PanelCount = 0;
        GC.SuppressFinalize(this);
    }
}
