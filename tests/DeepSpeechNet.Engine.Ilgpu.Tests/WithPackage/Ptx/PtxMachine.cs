using System.Reflection;
using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>
/// A machine that runs what ILGPU writes for CUDA cards, without one: each kernel's PTX is made into a method, whose lanes run one at a time up to a barrier. It finds what a card would trip
/// over that plain C# does not: addresses that are not aligned, memory of the wrong kind, what ILGPU's compiler makes of a kernel. Speed, caches and fences it knows nothing of.
/// </summary>
internal sealed class PtxMachine : Machine
{
    private readonly Context _context;
    private readonly CPUAccelerator _host;
    private readonly PTXBackend _backend;
    private readonly PtxMemory _memory = new();
    private readonly GroupRunner _runner = new();
    private readonly Dictionary<Delegate, (PtxCode Code, Action<PtxFrame> Run)> _kernels = [];
    private readonly int _groupsAtOnce;
    private readonly bool _tensorCores;
    private long _launches;

    /// <summary>A machine with so many lanes a group, a power of two, and so many groups that may wait for each other.</summary>
    public PtxMachine(int groupLanes, int tileSide, int groupsAtOnce, ProductPrecision precision = ProductPrecision.Float32)
    {
        _tensorCores = precision != ProductPrecision.Float32;
        _context = Context.Create(builder => builder.CPU(new CPUDevice(2, 1, 1)));
        _host = _context.GetCPUDevice(0).CreateCPUAccelerator(_context);
        _backend = new PTXBackend(_context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, null!);
        _groupsAtOnce = groupsAtOnce;
        GroupLanes = groupLanes;
        TileSide = tileSide;
    }

    /// <summary>Whether tensor cores here are broken: they leave sums as they are.</summary>
    public bool SpoilsProducts { get; set; }

    public override string Name => "PTX without a card";

    public override int Lanes => 256;

    public override int GroupLanes { get; }

    public override int TileSide { get; }

    public override long Launches => _launches;

    public override MachineBuffer Allocate(long bytes)
    {
        // As a card has it: the start at a multiple of 256.
        MemoryBuffer1D<byte, Stride1D.Dense> memory = _host.Allocate1D<byte>(bytes + 256);
        Buffer buffer = new(memory, bytes, _memory);
        buffer.Fill();
        return buffer;
    }

    public override bool GroupsMeet => _groupsAtOnce > 1;

    public override int GroupsAtOnce<T>(Action<T> kernel, int lanes) => _groupsAtOnce;

    public override unsafe void Launch<T>(Action<T> kernel, Extent grid, Extent group, in T arguments)
    {
        _launches++;
        if (SpoilsProducts && kernel.Method.DeclaringType == typeof(TensorCoreKernels))
            return;
        if (!_kernels.TryGetValue(kernel, out (PtxCode Code, Action<PtxFrame> Run) compiled))
        {
            PtxCode code = PtxCode.Parse(((PTXCompiledKernel)_backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel.Method), IlgpuMachine.Limits(kernel.Method, 100 * 1024))).PTXAssembly);
            _kernels.Add(kernel, compiled = (code, PtxTranslator.Translate(code, _memory)));
        }

        byte[] parameters = PtxParameters.Of(arguments);
        if (parameters.Length != compiled.Code.ParameterBytes)
            throw new InvalidOperationException($"{kernel.Method.Name} takes {compiled.Code.ParameterBytes} bytes, not {parameters.Length}.");
        MeetsAtBarriersAttribute? meets = kernel.Method.GetCustomAttribute<MeetsAtBarriersAttribute>();
        fixed (byte* first = parameters)
        {
            long at = (long)first;
            _runner.Run(() => compiled.Run(FrameOf(compiled.Code, at)), grid, group, meets is not null, meets is { AcrossGroups: true } && grid.X * grid.Y * grid.Z <= _groupsAtOnce);
        }
    }

    public override bool HasFasterWayFor(in MatMulArguments product) => _tensorCores && (long)product.Rows * product.Columns * product.Depth >= 1000;

    public override void Multiply(in MatMulArguments product) => TensorCores.Multiply(this, product);

    public override void Multiply(in MatMulArguments product, ArrayView<ushort> a, ArrayView<ushort> b) => TensorCores.Multiply(this, product, a, b);

    public override void Upload(ReadOnlySpan<byte> source, ArrayView<byte> target) => source.CopyTo(Bytes(target));

    public override void Download(ArrayView<byte> source, Span<byte> target) => Bytes(source)[..target.Length].CopyTo(target);

    public override void Wait()
    {
    }

    public override void Dispose()
    {
        _runner.Dispose();
        _backend.Dispose();
        _host.Dispose();
        _context.Dispose();
    }

    /// <summary>What the running lane runs with.</summary>
    internal static PtxFrame FrameOf(PtxCode code, long arguments)
    {
        Lane lane = Lane.Current;
        (long Start, long End)[] shared = [.. code.Shared.Select(piece => Within(lane.Share(piece.Bytes + piece.Alignment), piece))];
        byte[][] own = [.. code.Local.Select(piece => GC.AllocateArray<byte>(piece.Bytes + piece.Alignment, pinned: true))];
        return new PtxFrame(lane, arguments, shared, [.. own.Zip(code.Local, Within)], own, code.UsesTensorCores ? lane.Share(lane.Lanes.X * PtxTensorCore.Registers * sizeof(int)) : []);

        static (long Start, long End) Within(byte[] memory, PtxPiece piece)
        {
            long start = Align((long)Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0), piece.Alignment);
            return (start, start + piece.Bytes);
        }
    }

    private static long Align(long address, int alignment) => (address + alignment - 1) / alignment * alignment;

    private static unsafe Span<byte> Bytes(ArrayView<byte> view) => new((void*)view.LoadEffectiveAddressAsPtr(), (int)view.Length);

    private sealed class Buffer : MachineBuffer
    {
        private readonly MemoryBuffer1D<byte, Stride1D.Dense> _memory;
        private readonly PtxMemory _known;

        public Buffer(MemoryBuffer1D<byte, Stride1D.Dense> memory, long bytes, PtxMemory known)
            : base(bytes)
        {
            _memory = memory;
            _known = known;
            long start = memory.NativePtr;
            Bytes = memory.View.BaseView.SubView(Align(start, 256) - start, bytes);
            known.Add(Start, bytes);
        }

        public override ArrayView<byte> Bytes { get; }

        private long Start => Bytes.LoadEffectiveAddressAsPtr();

        public void Fill() => PtxMachine.Bytes(Bytes).Fill(0xFF);

        public override void Free()
        {
            _known.Remove(Start);
            _memory.Dispose();
        }
    }
}
