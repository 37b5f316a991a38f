using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// The device's matrix product, blocked for the caches after Goto and van de Geijn (2008): a strip of A and a panel of B meet in a tile
/// of sums held in registers; a block of A's strips stays in the second-level cache while panels of B pass through the first.
/// B comes packed (a weight) or is packed here, a stretch of its depth at a time. Tasks are blocks of C, which threads take in turn.
/// <para>
/// However it is cut, each element of C takes its terms in order, one fused multiply-add each: the cuts along the depth store sums in
/// C and read them back, which rounds nothing.
/// </para>
/// </summary>
internal sealed unsafe class MatrixProduct : IDisposable
{
    /// <summary>Up to so many rows, A is read where it lies.</summary>
    private const int FewRows = 32;

    /// <summary>Elements of B packed at a time where B is not a weight: what the third-level cache can hold.</summary>
    private const int PackedAtATime = 1 << 21;

    /// <summary>Multiply-adds below which waking the team costs more than it saves.</summary>
    private const long WorthThreads = 1 << 18;

    private const int PanelWidth = PackedMatrix.PanelWidth;
    private const int MostLanes = 12;

    private readonly WorkerTeam _team;
    private readonly nint[] _strips;
    private readonly Action<int> _pack;
    private readonly Action<int> _few;
    private readonly Action<int> _many;
    private readonly PackedMatrix _scratch = new();
    private readonly int _lanes;

    /// <summary>The largest stretch of depth for which a strip and a panel meet.</summary>
    private readonly int _depthBlock;

    /// <summary>The most rows of A packed at a time by one thread: with the depth, about half a second-level cache.</summary>
    private readonly int _rowBlock;

    // The product in work; the delegates above read it, so that a product allocates nothing.
    private MatrixOperand _a;
    private MatrixOperand _b;
    private PackedMatrix _panels;
    private float* _c;
    private float* _bias;
    private int _rows;
    private int _columns;
    private bool _accumulate;
    private Activation _activation;
    private int _first;
    private int _depth;
    private bool _last;
    private int _rowTasks;
    private int _panelTasks;
    private int _next;

    /// <summary>A product for a team, with the machine's widest vectors or those of <paramref name="vectorBits"/>.</summary>
    public MatrixProduct(WorkerTeam team, int vectorBits = 0)
    {
        _team = team;
        _panels = _scratch;
        _strips = new nint[team.Size];
        _pack = Pack;
        if (vectorBits == 0)
            vectorBits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

        // A tile is 12 rows of two vectors where there are 32 registers, 6 where there are 16.
        _lanes = vectorBits == 256 ? 6 : 12;
        (_depthBlock, _rowBlock) = vectorBits == 512 ? (768, 168) : (384, 144);
        (_few, _many) = vectorBits switch
        {
            512 => ((Action<int>)FewRowsTask<Simd512, Vector512<float>, Vector512<int>>, (Action<int>)Tasks<Simd512, Vector512<float>, Vector512<int>>),
            256 => (FewRowsTask<Simd256, Vector256<float>, Vector256<int>>, Tasks<Simd256, Vector256<float>, Vector256<int>>),
            128 => (FewRowsTask<Simd128, Vector128<float>, Vector128<int>>, Tasks<Simd128, Vector128<float>, Vector128<int>>),
            _ => throw new ArgumentOutOfRangeException(nameof(vectorBits), vectorBits, "vectors have 128, 256 or 512 bits"),
        };
    }

    ~MatrixProduct() => FreeStrips();

    /// <summary>
    /// C[rows, columns] = act(A B + bias), or C += A B, where C is dense.
    /// </summary>
    /// <param name="rows">M.</param>
    /// <param name="columns">N.</param>
    /// <param name="depth">K.</param>
    /// <param name="a">A or its transpose.</param>
    /// <param name="b">B or its transpose; not read where <paramref name="panels"/> are given.</param>
    /// <param name="panels">B packed, or none.</param>
    /// <param name="c">C.</param>
    /// <param name="accumulate">Whether to add to C; then neither bias nor activation.</param>
    /// <param name="bias">[columns], or null.</param>
    /// <param name="activation">Applied last.</param>
    public void Multiply(int rows, int columns, int depth, MatrixOperand a, MatrixOperand b, PackedMatrix? panels, float* c, bool accumulate, float* bias, Activation activation)
    {
        if (rows == 0 || columns == 0)
            return;
        _a = a;
        _b = b;
        _c = c;
        _bias = bias;
        _rows = rows;
        _columns = columns;
        _accumulate = accumulate;
        _activation = activation;
        bool alone = _team.Size == 1 || (long)rows * columns * depth < WorthThreads;
        bool few = rows <= FewRows && !a.Transposed;
        int stretch = panels is not null ? Math.Max(depth, 1) : Math.Max(_depthBlock, PackedAtATime / columns / _depthBlock * _depthBlock);
        for (_first = 0; _first == 0 || _first < depth; _first += stretch)
        {
            _depth = Math.Min(stretch, depth - _first);
            _last = _first + _depth >= depth;
            _panels = panels ?? _scratch;
            if (panels is null)
            {
                _scratch.Resize(_depth, columns);
                Run(_pack, alone);
            }

            PlanTasks(few, alone ? 1 : _team.Size);
            Run(few ? _few : _many, alone);
        }

        GC.KeepAlive(panels);
    }

    public void Dispose()
    {
        _scratch.Dispose();
        FreeStrips();
        GC.SuppressFinalize(this);
    }

    private void FreeStrips()
    {
        for (int i = 0; i < _strips.Length; i++)
        {
            NativeMemory.AlignedFree((void*)_strips[i]);
            _strips[i] = 0;
        }
    }

    private void Run(Action<int> job, bool alone)
    {
        _next = 0;
        if (alone)
            job(0);
        else
            _team.RunShared(job);
    }

    /// <summary>As many tasks for each thread, as equal as whole strips and panels allow.</summary>
    private void PlanTasks(bool few, int threads)
    {
        int panels = _panels.PanelCount, strips = (_rows + _lanes - 1) / _lanes;
        if (few)
        {
            _rowTasks = 1;
            _panelTasks = Math.Clamp(panels / 4, 1, 4 * threads);
        }
        else if (strips >= 4 * threads)
        {
            int each = _rowBlock / _lanes * threads;
            _rowTasks = (strips + each - 1) / each * threads;
            _panelTasks = 1;
        }
        else
        {
            _rowTasks = (_rows + _rowBlock - 1) / _rowBlock;
            _panelTasks = Math.Min(panels, 2 * threads);
        }
    }

    private void Pack(int member)
    {
        int parts = 4 * _team.Size;
        float* source = _b.Data + (_first * (_b.Transposed ? 1 : _b.Stride));
        for (int part = Interlocked.Increment(ref _next) - 1; part < parts; part = Interlocked.Increment(ref _next) - 1)
            _scratch.PackPart(source, _b.Stride, _b.Transposed, part, parts);
    }

    private void FewRowsTask<S, V, I>(int member)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        bool start = _accumulate || _first > 0;
        for (int i = Interlocked.Increment(ref _next) - 1; i < _panelTasks; i = Interlocked.Increment(ref _next) - 1)
        {
            int panel = (int)((long)_panels.PanelCount * i / _panelTasks), end = (int)((long)_panels.PanelCount * (i + 1) / _panelTasks);
            int column = panel * PanelWidth, width = Math.Min(end * PanelWidth, _columns) - column;
            if (!start && _bias != null)
            {
                for (int row = 0; row < _rows; row++)
                    new ReadOnlySpan<float>(_bias + column, width).CopyTo(new Span<float>(_c + ((nint)row * _columns) + column, width));
            }

            PanelKernels.Multiply<S, V, I>(_rows, _a.Data + _first, _a.Stride, _panels, panel, end - panel, _c, _columns, start || _bias != null);
            if (_last)
                Activate(_rows, width, _c + column, _columns);
        }
    }

    private void Tasks<S, V, I>(int member)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        if (_strips[member] == 0)
            _strips[member] = (nint)NativeMemory.AlignedAlloc((nuint)((_rowBlock + MostLanes) * _depthBlock * sizeof(float)), CpuBuffer.Alignment);
        float* packed = (float*)_strips[member];
        int strips = (_rows + _lanes - 1) / _lanes, panels = _panels.PanelCount, tasks = _rowTasks * _panelTasks;
        for (int i = Interlocked.Increment(ref _next) - 1; i < tasks; i = Interlocked.Increment(ref _next) - 1)
        {
            int rowTask = i / _panelTasks, panelTask = i % _panelTasks;
            int row = (int)((long)strips * rowTask / _rowTasks) * _lanes, rowEnd = Math.Min(_rows, (int)((long)strips * (rowTask + 1) / _rowTasks) * _lanes);
            int panel = (int)((long)panels * panelTask / _panelTasks), panelEnd = (int)((long)panels * (panelTask + 1) / _panelTasks);
            int blocks = Math.Max(1, (_depth + _depthBlock - 1) / _depthBlock), block = Math.Max(16, (((_depth + blocks - 1) / blocks) + 15) / 16 * 16);
            for (int k = 0; k == 0 || k < _depth; k += block)
                Block<S, V, I>(row, rowEnd, panel, panelEnd, k, Math.Min(block, _depth - k), packed);
        }
    }

    /// <summary>Rows of C by panels of columns, for one stretch of the depth.</summary>
    private void Block<S, V, I>(int row, int rowEnd, int panel, int panelEnd, int k, int depth, float* packed)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        PackStrips(row, rowEnd, _first + k, depth, packed);
        bool resume = _accumulate || _first + k > 0, finish = _last && k + depth == _depth && _activation != Activation.None;
        nint ldc = _columns;
        for (; panel < panelEnd; panel++)
        {
            int column = panel * PanelWidth, width = _panels.WidthOf(panel);
            float* b = _panels.Panel(panel) + ((nint)k * PanelWidth), strip = packed, c = _c + ((nint)row * ldc) + column;
            for (int i = row; i < rowEnd; i += _lanes, strip += (nint)depth * _lanes, c += _lanes * ldc)
            {
                int count = Math.Min(_lanes, rowEnd - i);
                if (Sse.IsSupported && i + _lanes < rowEnd)
                    PrefetchTile(c + (_lanes * ldc), ldc, Math.Min(_lanes, rowEnd - i - _lanes));
                float* start = resume ? c : _bias != null ? _bias + column : null;
                nint lds = resume ? ldc : 0;
                if (width == PanelWidth)
                    Tile<S, V, I>(count, depth, strip, b, start, lds, c, ldc);
                else
                    RaggedTile<S, V, I>(count, width, depth, strip, b, start, lds, c, ldc);
                if (finish)
                    Activate(count, width, c, ldc);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchTile(float* c, nint ldc, int rows)
    {
        for (int i = 0; i < rows; i++, c += ldc)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + 16);
        }
    }

    /// <summary>Strips of rows as <c>[strip][k][lanes]</c>; the last one as narrow as a kernel allows.</summary>
    private void PackStrips(int row, int rowEnd, int k, int depth, float* target)
    {
        if (_a.Transposed)
        {
            // All strips but a narrow last one in one sweep.
            int whole = (rowEnd - row) / _lanes * _lanes;
            Packing.CopyStrips(_a.Data + (k * _a.Stride) + row, _a.Stride, depth, whole, target, _lanes, (nint)depth * _lanes);
            row += whole;
            target += (nint)depth * whole;
            if (row < rowEnd)
                Packing.Copy(_a.Data + (k * _a.Stride) + row, _a.Stride, depth, rowEnd - row, target, LanesFor(rowEnd - row));
            return;
        }

        for (; row < rowEnd; row += _lanes, target += (nint)depth * _lanes)
        {
            int count = Math.Min(_lanes, rowEnd - row);
            Packing.Transpose(_a.Data + (row * _a.Stride) + k, _a.Stride, depth, count, target, LanesFor(count));
        }
    }

    private int LanesFor(int rows) => rows <= 4 ? 4 : rows <= 6 && _lanes == 6 ? 6 : rows <= 8 ? 8 : 12;

    private void Tile<S, V, I>(int rows, int depth, float* a, float* b, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int lanes = LanesFor(rows);
        if (rows < lanes)
        {
            RaggedTile<S, V, I>(rows, PanelWidth, depth, a, b, start, lds, c, ldc);
            return;
        }

        FullTile<S, V, I>(lanes, depth, a, b, start, lds, c, ldc);
    }

    private static void FullTile<S, V, I>(int lanes, int depth, float* a, float* b, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (int j = 0; j < PanelWidth; j += 2 * S.Width)
        {
            float* from = start == null ? null : start + j;
            if (S.Width != 8 && lanes == 12)
                TileKernels.Tile12<S, V, I>(depth, a, b + j, PanelWidth, from, lds, c + j, ldc);
            else if (S.Width != 8 && lanes == 8)
                TileKernels.Tile8<S, V, I>(depth, a, b + j, PanelWidth, from, lds, c + j, ldc);
            else if (lanes == 6)
                TileKernels.Tile6<S, V, I>(depth, a, b + j, PanelWidth, from, lds, c + j, ldc);
            else
                TileKernels.Tile4<S, V, I>(depth, a, b + j, PanelWidth, from, lds, c + j, ldc);
        }
    }

    /// <summary>A tile that is not whole, by way of one that is.</summary>
    [SkipLocalsInit]
    private void RaggedTile<S, V, I>(int rows, int columns, int depth, float* a, float* b, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        float* scratch = stackalloc float[MostLanes * PanelWidth];
        if (start != null)
        {
            for (int i = 0; i < rows; i++)
                new ReadOnlySpan<float>(start + (i * lds), columns).CopyTo(new Span<float>(scratch + (i * PanelWidth), columns));
        }

        FullTile<S, V, I>(LanesFor(rows), depth, a, b, start == null ? null : scratch, PanelWidth, scratch, PanelWidth);
        for (int i = 0; i < rows; i++)
            new ReadOnlySpan<float>(scratch + (i * PanelWidth), columns).CopyTo(new Span<float>(c + (i * ldc), columns));
    }

    private void Activate(int rows, int columns, float* c, nint ldc)
    {
        if (_activation == Activation.None)
            return;
        for (int i = 0; i < rows; i++, c += ldc)
            Activations.Forward(_activation, c, c, columns);
    }
}
