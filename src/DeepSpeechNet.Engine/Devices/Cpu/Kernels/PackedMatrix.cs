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
        PackPart(source, stride, transposed: false, 0, 1);
    }

    /// <summary>Fills this with B given by columns, as weights [out, in] are for y = x W^T: element (k, n) lies at <c>source[n * stride + k]</c>.</summary>
    public void PackTransposed(float* source, nint stride, int depth, int columns)
    {
        Resize(depth, columns);
        PackPart(source, stride, transposed: true, 0, 1);
    }

    /// <summary>Makes room for a K x N matrix, which the caller then fills by <see cref="PackPart"/>.</summary>
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

    /// <summary>
    /// Does one of <paramref name="parts"/> equal parts of the packing of the whole matrix at <paramref name="source"/>; parts may be done at the same time.
    /// </summary>
    public void PackPart(float* source, nint stride, bool transposed, int part, int parts)
    {
        if (transposed)
        {
            int end = (int)((long)PanelCount * (part + 1) / parts);
            for (int panel = (int)((long)PanelCount * part / parts); panel < end; panel++)
                Packing.Transpose(source + ((nint)panel * PanelWidth * stride), stride, Depth, WidthOf(panel), Panel(panel), PanelWidth);
        }
        else
        {
            int first = (int)((long)Depth * part / parts), end = (int)((long)Depth * (part + 1) / parts);
            Packing.CopyStrips(source + (first * stride), stride, end - first, Columns, Panel(0) + (first * PanelWidth), PanelWidth, (nint)Depth * PanelWidth);
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
