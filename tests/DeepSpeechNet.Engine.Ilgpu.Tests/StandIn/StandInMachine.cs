using System.Reflection;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.StandIn;

/// <summary>
/// A machine that runs kernels as the plain C# methods that they are, with memory that holds NaN at first and whose bounds are checked. With a library, that multiplies from a number of multiply-adds on.
/// </summary>
internal sealed class StandInMachine(int lanes, int groupLanes, int tileSide, long? library = null, int groupsAtOnce = 0) : Machine
{
    private readonly GroupRunner _runner = new();
    private long _launches;

    public override string Name => "stand-in";

    public override int Lanes => lanes;

    public override int GroupLanes => groupLanes;

    public override int TileSide => tileSide;

    public override long Launches => _launches;

    public override int Patience => 1000;

    /// <summary>Whether groups do not run side by side although <see cref="GroupsAtOnce"/> says so.</summary>
    public bool BreaksItsWord { get; init; }

    public override bool GroupsMeet => groupsAtOnce > 0;

    public override int GroupsAtOnce<T>(Action<T> kernel, int lanes) => groupsAtOnce;

    public override MachineBuffer Allocate(long bytes) => new Memory(bytes);

    public override void Launch<T>(Action<T> kernel, Extent grid, Extent group, in T arguments)
    {
        _launches++;
        T own = arguments;
        MeetsAtBarriersAttribute? meets = kernel.Method.GetCustomAttribute<MeetsAtBarriersAttribute>();
        _runner.Run(() => kernel(own), grid, group, meets is not null, meets is { AcrossGroups: true } && !BreaksItsWord && grid.X * grid.Y * grid.Z <= groupsAtOnce);
    }

    public override void Wait()
    {
    }

    /// <summary>How many products the library has made.</summary>
    public int LibraryProducts { get; private set; }

    public override bool HasFasterWayFor(in MatMulArguments product) => (long)product.Rows * product.Columns * product.Depth >= library;

    public override void Multiply(in MatMulArguments product)
    {
        MatMulArguments p = product;
        Multiply(p, at => p.A[p.AOffset + at], at => p.B[p.BOffset + at]);
    }

    public override void Multiply(in MatMulArguments product, ArrayView<ushort> a, ArrayView<ushort> b) =>
        Multiply(product, at => BitConverter.UInt32BitsToSingle((uint)a[at] << 16), at => BitConverter.UInt32BitsToSingle((uint)b[at] << 16));

    public override void Upload(ReadOnlySpan<byte> source, ArrayView<byte> target) => source.CopyTo(target.AsBytes());

    public override void Download(ArrayView<byte> source, Span<byte> target) => source.AsBytes().CopyTo(target);

    public override void Dispose() => _runner.Dispose();

    private void Multiply(in MatMulArguments p, Func<int, float> a, Func<int, float> b)
    {
        LibraryProducts++;
        for (int i = 0; i < p.Rows; i++)
        {
            for (int j = 0; j < p.Columns; j++)
            {
                double sum = 0;
                for (int k = 0; k < p.Depth; k++)
                    sum += (double)a(p.TransposeA != 0 ? (k * p.AStride) + i : (i * p.AStride) + k) * b(p.TransposeB != 0 ? (j * p.BStride) + k : (k * p.BStride) + j);
                ref float c = ref p.C[p.COffset + (i * p.CStride) + j];
                c = (float)(p.Accumulate != 0 ? c + sum : sum);
            }
        }
    }

    private sealed class Memory : MachineBuffer
    {
        private readonly byte[] _bytes;

        public Memory(long bytes)
            : base(bytes)
        {
            _bytes = new byte[bytes];
            _bytes.AsSpan().Fill(0xFF);
        }

        public override ArrayView<byte> Bytes => new(_bytes, 0, _bytes.Length);

        public override void Free()
        {
        }
    }
}
