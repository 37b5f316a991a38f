using System.Runtime.CompilerServices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>A card behind ILGPU. Kernels are compiled at their first launch and kept; everything runs in one stream.</summary>
internal sealed unsafe class IlgpuMachine : Machine
{
    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly AcceleratorStream _stream;
    private readonly PinnedStaging _staging;
    private readonly CuBlas? _blas;
    private readonly Dictionary<Delegate, Delegate> _kernels = [];

    /// <summary>A machine on an accelerator; it owns both.</summary>
    public IlgpuMachine(Context context, Accelerator accelerator, CardOptions? options = null)
    {
        options ??= new CardOptions();
        _context = context;
        _accelerator = accelerator;
        accelerator.Bind();
        _stream = accelerator.CreateStream();
        _staging = new PinnedStaging(accelerator, _stream);
        _blas = options.VendorLibrary && accelerator is CudaAccelerator && _stream is CudaStream cuda ? CuBlas.TryCreate(cuda.StreamPtr, options.Precision == ProductPrecision.TensorFloat32) : null;
        Lanes = GroupLanes = Math.Min(GroupSums.MostLanes, accelerator.MaxNumThreadsPerGroup);
        TileSide = Lanes < GroupSums.MostLanes ? MatMulKernels.MostSide / 4 : MatMulKernels.MostSide;
    }

    /// <inheritdoc/>
    public override string Name => $"{_accelerator.Name} ({_accelerator.AcceleratorType}{(_blas is null ? "" : $", {_blas.Library}")})";

    /// <inheritdoc/>
    public override int Lanes { get; }

    /// <inheritdoc/>
    public override int GroupLanes { get; }

    /// <inheritdoc/>
    public override int TileSide { get; }

    /// <summary>
    /// ILGPU's processor accelerator, a checker: many thousand times slower than the CPU device. It runs a group's lanes as threads, so that small groups
    /// check most of what large ones do in less time.
    /// </summary>
    /// <param name="lanes">Lanes of a group: 16 to 256, a power of two.</param>
    public static IlgpuMachine Checker(int lanes)
    {
        Context context = Context.Create(builder => builder.CPU(new CPUDevice(16, lanes / 16, 1)));
        return new IlgpuMachine(context, context.GetCPUDevice(0).CreateCPUAccelerator(context));
    }

    /// <inheritdoc/>
    public override MachineBuffer Allocate(long bytes)
    {
        _accelerator.Bind();
        try
        {
            return new Buffer(_accelerator.Allocate1D<byte>(bytes));
        }
        catch (Exception e) when (e is AcceleratorException or OutOfMemoryException or InsufficientMemoryException)
        {
            throw OutOfDeviceMemoryException.For(_accelerator.Name, bytes, 0, e);
        }
    }

    /// <inheritdoc/>
    public override void Launch<T>(Action<T> kernel, Extent grid, Extent group, in T arguments)
    {
        // A card's context belongs to a thread, and a trainer's steps may come from any.
        _accelerator.Bind();
        try
        {
            if (!_kernels.TryGetValue(kernel, out Delegate? compiled))
                _kernels.Add(kernel, compiled = _accelerator.LoadKernel(kernel));
            KernelConfig shape = new(new Index3D(grid.X, grid.Y, grid.Z), new Index3D(group.X, group.Y, group.Z));
            ((Action<AcceleratorStream, KernelConfig, T>)compiled)(_stream, shape, arguments);
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }

        Launches++;
    }

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<byte> source, ArrayView<byte> target)
    {
        _accelerator.Bind();
        try
        {
            _staging.Upload(source, target);
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }
    }

    /// <inheritdoc/>
    public override void Download(ArrayView<byte> source, Span<byte> target)
    {
        _accelerator.Bind();
        try
        {
            fixed (byte* to = target)
            {
                source.CopyToCPU(_stream, ref Unsafe.AsRef<byte>(to), target.Length);
                _stream.Synchronize();
            }

            _staging.Drained();
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }
    }

    /// <inheritdoc/>
    public override bool HasLibraryFor(in MatMulArguments product) => _blas is not null && CuBlas.IsWorthIt(product);

    /// <inheritdoc/>
    public override void Multiply(in MatMulArguments product)
    {
        _accelerator.Bind();
        _blas!.Multiply(product);
        Launches++;
    }

    /// <inheritdoc/>
    public override void Multiply(in MatMulArguments product, ArrayView<ushort> a, ArrayView<ushort> b)
    {
        _accelerator.Bind();
        _blas!.Multiply(product, a, b);
        Launches++;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _blas?.Dispose();
        _staging.Dispose();
        _stream.Dispose();
        _accelerator.Dispose();
        _context.Dispose();
    }

    private DeviceUnavailableException Failed(AcceleratorException e) =>
        new($"The card {_accelerator.Name} failed: {(e is CLException cl ? $"OpenCL says {cl.Error}." : e.Message)} Checkpoints written so far are whole: go on with --resume, on it or with --device cpu.", e);

    private sealed class Buffer(MemoryBuffer1D<byte, Stride1D.Dense> memory) : MachineBuffer(memory.Length)
    {
        public override ArrayView<byte> Bytes { get; } = memory.View.BaseView;

        public override void Free() => memory.Dispose();
    }
}
