using System.Diagnostics;
using System.Globalization;
using System.Reflection;
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
    /// <summary>Whether NVIDIA's Multi-Process Service lets several processes run kernels on a card at the same time: this is where its control daemon listens.</summary>
    private static readonly bool CardsAreShared = File.Exists(Path.Combine(Environment.GetEnvironmentVariable("CUDA_MPS_PIPE_DIRECTORY") ?? "/tmp/nvidia-mps", "control"));

    private readonly Context? _context;
    private readonly Accelerator _accelerator;
    private readonly AcceleratorStream _stream;
    private readonly PinnedStaging _staging;
    private readonly CuBlas? _blas;

    /// <summary>Whether products that may be rounded go to tensor cores: they take such factors from Ampere on.</summary>
    private readonly bool _tensorCores;
    private readonly Dictionary<Delegate, Delegate> _kernels = [];
    private readonly Dictionary<(Delegate Kernel, int Lanes), int> _groupsAtOnce = [];
    private long _launches;

    /// <summary>A machine on an accelerator, which it owns.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="options">How a card is used.</param>
    /// <param name="context">What the accelerator was made from where nothing else uses it: the machine owns it too.</param>
    public IlgpuMachine(Accelerator accelerator, CardOptions? options = null, Context? context = null)
    {
        options ??= new CardOptions();
        _context = context;
        _accelerator = accelerator;
        accelerator.Bind();
        _stream = accelerator.CreateStream();
        _staging = new PinnedStaging(accelerator, _stream);
        _blas = options.VendorLibrary && accelerator is CudaAccelerator && _stream is CudaStream cuda ? CuBlas.TryCreate(this, cuda, options.Precision) : null;
        Lanes = GroupLanes = Math.Min(GroupSums.MostLanes, accelerator.MaxNumThreadsPerGroup);
        TileSide = Lanes < GroupSums.MostLanes ? MatMulKernels.MostSide / 4 : MatMulKernels.MostSide;
        _tensorCores = _blas is null && options.Precision != ProductPrecision.Float32 && accelerator is CudaAccelerator ampere && ampere.Architecture >= CudaArchitecture.SM_80 && ampere.InstructionSet >= CudaInstructionSet.ISA_70
            && TensorCores.Work(this, options.Precision);
    }

    /// <inheritdoc/>
    public override string Name => $"{_accelerator.Name} ({_accelerator.AcceleratorType}{(_blas is null ? "" : $", {_blas.Library}")})";

    /// <inheritdoc/>
    public override int Lanes { get; }

    /// <inheritdoc/>
    public override int GroupLanes { get; }

    /// <inheritdoc/>
    public override int TileSide { get; }

    /// <inheritdoc/>
    public override long Launches => _launches;

    /// <inheritdoc/>
    public override int Patience => _accelerator is CPUAccelerator ? 1 << 30 : base.Patience;

    /// <summary>
    /// ILGPU's processor accelerator, a checker: many thousand times slower than the CPU device. It runs a group's lanes as threads, so that small groups
    /// check most of what large ones do in less time.
    /// </summary>
    /// <param name="lanes">Lanes of a group: 16 to 256, a power of two.</param>
    /// <param name="groups">How many groups run at the same time.</param>
    public static IlgpuMachine Checker(int lanes, int groups = 1)
    {
        Context context = Context.Create(builder => builder.CPU(new CPUDevice(16, lanes / 16, groups)));
        return new IlgpuMachine(context.GetCPUDevice(0).CreateCPUAccelerator(context), context: context);
    }

    /// <inheritdoc/>
    public override MachineBuffer Allocate(long bytes)
    {
        _accelerator.Bind();
        try
        {
            return new Buffer(_accelerator.Allocate1D<byte>(bytes));
        }
        catch (Exception e) when (IsOutOfMemory(e))
        {
            throw OutOfDeviceMemoryException.For(_accelerator.Name, bytes, 0, e);
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }
    }

    /// <inheritdoc/>
    public override void Launch<T>(Action<T> kernel, Extent grid, Extent group, in T arguments)
    {
        // A card's context belongs to a thread, and a trainer's steps may come from any.
        _accelerator.Bind();
        try
        {
            KernelConfig shape = new(new Index3D(grid.X, grid.Y, grid.Z), new Index3D(group.X, group.Y, group.Z));
            Compiled(kernel)(_stream, shape, arguments);
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }

        _launches++;
    }

    /// <inheritdoc/>
    public override bool GroupsMeet => _accelerator is CudaAccelerator or CPUAccelerator { NumMultiprocessors: > 1 };

    /// <inheritdoc/>
    /// <remarks>
    /// On CUDA what the driver makes of a kernel's registers and shared memory: the queue runs one kernel at a time, and kernels of other devices and processes, which have contexts of their own,
    /// take turns with it, so that the whole card is free for it. Where the Multi-Process Service lets several run together, each could hold a part of the card and wait for the rest.
    /// </remarks>
    public override int GroupsAtOnce<T>(Action<T> kernel, int lanes)
    {
        if (_accelerator is CPUAccelerator processor)
            return processor.NumMultiprocessors;
        if (_accelerator is not CudaAccelerator || CardsAreShared)
            return 0;
        if (_groupsAtOnce.TryGetValue((kernel, lanes), out int groups))
            return groups;
        _accelerator.Bind();
        try
        {
            groups = _accelerator.NumMultiprocessors * _accelerator.EstimateMaxActiveGroupsPerMultiprocessor(Compiled(kernel).GetKernel(), lanes);
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }

        _groupsAtOnce.Add((kernel, lanes), groups);
        return groups;
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
    public override void Wait()
    {
        _accelerator.Bind();
        try
        {
            _stream.Synchronize();
        }
        catch (AcceleratorException e)
        {
            throw Failed(e);
        }
    }

    /// <inheritdoc/>
    public override bool HasFasterWayFor(in MatMulArguments product) => _blas is not null ? CuBlas.IsWorthIt(product) : _tensorCores && TensorCores.AreWorthIt(product);

    /// <inheritdoc/>
    public override void Multiply(in MatMulArguments product)
    {
        if (_blas is null)
        {
            TensorCores.Multiply(this, product);
            return;
        }

        _accelerator.Bind();
        _blas.Multiply(product);
        _launches++;
    }

    /// <inheritdoc/>
    public override void Multiply(in MatMulArguments product, ArrayView<ushort> a, ArrayView<ushort> b)
    {
        if (_blas is null)
        {
            TensorCores.Multiply(this, product, a, b);
            return;
        }

        _accelerator.Bind();
        _blas.Multiply(product, a, b);
        _launches++;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        try
        {
            // Another card may be bound to this thread, and the library frees what it holds in the one that is.
            _accelerator.Bind();
        }
        catch (AcceleratorException)
        {
            // The card failed, as whoever disposes has been told.
        }

        _blas?.Dispose();
        _staging.Dispose();
        CardMemory.Free(_stream);
        CardMemory.Free(_accelerator);
        CardMemory.Free(_context);
    }

    /// <summary>
    /// Whether an allocation failed for want of memory. CUDA tells of the fault of an earlier kernel at whatever is called next, allocations too.
    /// </summary>
    internal static bool IsOutOfMemory(Exception e) => e switch
    {
        CudaException cuda => cuda.Error == nameof(CudaError.CUDA_ERROR_OUT_OF_MEMORY),
        CLException cl => cl.Error is CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_RESOURCES or CLError.CL_OUT_OF_HOST_MEMORY or CLError.CL_INVALID_BUFFER_SIZE,
        _ => e is OutOfMemoryException,
    };

    /// <summary>
    /// What CUDA's compiler is told of a kernel: where groups wait for each other, and the shared memory of a processor is enough for two, both shall find registers there, so that more of them are
    /// on the card at once.
    /// </summary>
    internal static KernelSpecialization Limits(MethodInfo kernel, long sharedBytesOfProcessor) =>
        kernel.GetCustomAttribute<MeetsAtBarriersAttribute>() is { AcrossGroups: true } && sharedBytesOfProcessor >= 2 * (RecurrentProducts.SharedBytes + 1024) ? new KernelSpecialization(GroupSums.MostLanes, 2)
            : KernelSpecialization.Empty;

    private Action<AcceleratorStream, KernelConfig, T> Compiled<T>(Action<T> kernel)
        where T : struct
    {
        if (!_kernels.TryGetValue(kernel, out Delegate? compiled))
            _kernels.Add(kernel, compiled = Compile(kernel));
        return (Action<AcceleratorStream, KernelConfig, T>)compiled;
    }

    /// <summary>The kernel for this card. Why a driver refuses one ILGPU writes to the trace alone.</summary>
    private Action<AcceleratorStream, KernelConfig, T> Compile<T>(Action<T> kernel)
        where T : struct
    {
        using StringWriter log = new(CultureInfo.InvariantCulture);
        using TextWriterTraceListener listener = new(log);
        Trace.Listeners.Add(listener);
        try
        {
            return _accelerator.LoadKernel(kernel, _accelerator is CudaAccelerator cuda ? Limits(kernel.Method, cuda.MaxSharedMemoryPerMultiprocessor) : KernelSpecialization.Empty);
        }
        catch (AcceleratorException e) when (log.ToString().Trim() is { Length: > 0 } said)
        {
            throw new DeviceUnavailableException($"The card {_accelerator.Name} takes no kernel {kernel.Method.DeclaringType?.Name}.{kernel.Method.Name}: {e.Message} {said.ReplaceLineEndings(" ")} --device cpu runs on the processor.", e);
        }
        finally
        {
            Trace.Listeners.Remove(listener);
        }
    }

    private DeviceUnavailableException Failed(AcceleratorException e) =>
        new($"The card {_accelerator.Name} failed: {(e is CLException cl ? $"OpenCL says {cl.Error}." : e.Message)} Checkpoints written so far are whole: go on with --resume, on it or with --device cpu.", e);

    private sealed class Buffer(MemoryBuffer1D<byte, Stride1D.Dense> memory) : MachineBuffer(memory.Length)
    {
        public override ArrayView<byte> Bytes { get; } = memory.View.BaseView;

        public override void Free() => CardMemory.Free(memory);
    }
}
