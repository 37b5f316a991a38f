using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Ilgpu.Kernels;
using DeepSpeechNet.Engine.Ilgpu.Machines;
using DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Tests.Devices.Cpu;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>Instructions do what the PTX ISA says of them, and what a card refuses is refused.</summary>
public sealed class PtxTests : IDisposable
{
    private readonly GroupRunner _runner = new();
    private readonly int[] _values = GC.AllocateArray<int>(64, pinned: true);

    public void Dispose() => _runner.Dispose();

    /// <summary>Comparisons with NaN, distances past a register's width, numbers without a sign, roundings.</summary>
    [Theory]
    [InlineData("setp.lt.f32 %p1, 0f7FC00000, 0f3F800000; selp.b32 %r1, 1, 0, %p1;", 0)]
    [InlineData("setp.geu.f32 %p1, 0f7FC00000, 0f3F800000; selp.b32 %r1, 1, 0, %p1;", 1)]
    [InlineData("setp.leu.f32 %p1, 0f40000000, 0f3F800000; selp.b32 %r1, 1, 0, %p1;", 0)]
    [InlineData("setp.ge.f32 %p1, 0f7FC00000, 0f3F800000; selp.b32 %r1, 1, 0, %p1;", 0)]
    [InlineData("setp.neu.f32 %p1, 0f7FC00000, 0f7FC00000; selp.b32 %r1, 1, 0, %p1;", 1)]
    [InlineData("setp.hi.u32 %p1, 4294967295, 1; selp.b32 %r1, 1, 0, %p1;", 1)]
    [InlineData("setp.gt.s32 %p1, -1, 1; selp.b32 %r1, 1, 0, %p1;", 0)]
    [InlineData("testp.notanumber.f32 %p1, 0fFFC00000; not.pred %p2, %p1; selp.b32 %r1, 1, 0, %p2;", 0)]
    [InlineData("shl.b32 %r1, 1, 32;", 0)]
    [InlineData("shr.s32 %r1, -8, 40;", -1)]
    [InlineData("shr.u32 %r1, -1, 28;", 15)]
    [InlineData("rem.s32 %r1, -7, 3;", -1)]
    [InlineData("mul.wide.u32 %rd9, 4294967295, 16; shr.u64 %rd8, %rd9, 32; cvt.s32.s64 %r1, %rd8;", 15)]
    [InlineData("cvt.rzi.s32.f32 %r1, 0fBFC00000;", -1)]
    [InlineData("cvt.rzi.s32.f32 %r1, 0f7FC00000;", 0)]
    [InlineData("cvt.rzi.s32.f32 %r1, 0f7F800000;", int.MaxValue)]
    [InlineData("mov.f32 %f1, 0f3F800000; mov.b32 %r1, %f1;", 0x3F800000)]
    [InlineData("mov.b32 %r2, 5; mov.b32 %r1, 1; setp.eq.s32 %p1, %r2, 5; @!%p1 mov.b32 %r1, 2; @%p1 mov.b32 %r1, 3;", 3)]
    public void Instructions(string instructions, int expected) => Assert.Equal(expected, Run(instructions)[0]);

    /// <summary>(1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 with one rounding, 0 with two.</summary>
    [Theory]
    [InlineData("mul.f32 %f2, %f1, %f1; add.f32 %f3, %f2, 0fBF801000;", 0x33800000)]
    [InlineData("mul.f32 %f2, %f1, %f1; sub.f32 %f3, %f2, 0f3F801000;", 0x33800000)]
    [InlineData("mul.f32 %f2, %f1, %f1; sub.f32 %f3, 0f3F801000, %f2;", unchecked((int)0xB3800000))]
    [InlineData("mul.f32 %f2, %f1, %f1; mov.f32 %f4, 0f00000000; mov.f32 %f2, 0f3F801000; sub.f32 %f3, %f2, 0f3F801000;", 0)]
    [InlineData("mul.f32 %f2, %f1, %f1; mov.f32 %f1, 0f00000000; sub.f32 %f3, %f2, 0f3F801000;", 0)]
    public void A_product_and_a_sum_are_one_rounding_where_nothing_comes_between(string instructions, int expected) =>
        Assert.Equal(expected, Run($"mov.f32 %f1, 0f3F800800; {instructions} mov.b32 %r1, %f3;")[0]);

    [Fact]
    public void Lanes_share_memory_and_meet()
    {
        int[] seen = Run("mov.b64 %rd5, piece; mov.b32 %r1, %tid.x; mul.wide.u32 %rd6, %r1, 4; add.u64 %rd7, %rd5, %rd6; st.shared.b32 [%rd7], %r1; bar.sync 0; xor.b32 %r1, %r1, 3; mul.wide.u32 %rd6, %r1, 4; add.u64 %rd7, %rd5, %rd6; ld.shared.b32 %r1, [%rd7];", lanes: 4);
        Assert.Equal([3, 2, 1, 0], seen[..4]);
    }

    [Theory]
    [InlineData("ld.b32 %r1, [%rd1];", null)]
    [InlineData("add.u64 %rd2, %rd1, 2; ld.b32 %r1, [%rd2];", "aligned")]
    [InlineData("add.u64 %rd2, %rd1, 4; ld.v4.f32 {%f1, %f2, %f3, %f4}, [%rd2];", "aligned")]
    [InlineData("add.u64 %rd2, %rd1, 256; ld.b32 %r1, [%rd2];", "no buffer")]
    [InlineData("ld.shared.b32 %r1, [%rd1];", "shared memory")]
    [InlineData("mov.b64 %rd2, piece; ld.b32 %r1, [%rd2];", "no buffer")]
    public void Memory_is_what_and_where_it_should_be(string instructions, string? complaint)
    {
        if (complaint is null)
            Run(instructions, lanes: 2);
        else
            Assert.Contains(complaint, Assert.Throws<InvalidOperationException>(() => Run(instructions, lanes: 2)).Message, StringComparison.Ordinal);
    }

    /// <summary>A whole kernel, instructions of tensor cores among it: each of its 33 x 10 sums is that of its own row and column.</summary>
    [Fact]
    public void A_kernel_of_the_product_runs()
    {
        using IlgpuDevice device = new(new PtxMachine(16, 4, 1, ProductPrecision.BFloat16), new CardOptions { Precision = ProductPrecision.BFloat16 });
        Tensor a = device.Floats(new Shape(33, 20), [.. Enumerable.Range(0, 660).Select(i => (float)(i % 7))]), b = device.Floats(new Shape(20, 10), [.. Enumerable.Range(0, 200).Select(i => (float)(i % 11))]), c = device.Poisoned(new Shape(33, 10));
        device.MatMul(a, false, b, false, c);
        float[] expected = [.. Enumerable.Range(0, 330).Select(at => (float)Enumerable.Range(0, 20).Sum(k => ((at / 10 * 20) + k) % 7 * (((k * 10) + (at % 10)) % 11)))];
        Assert.Equal(expected, c.ToArray());
    }

    /// <summary>Factors that TF32 cannot hold are rounded on their way to tensor cores, not cut there.</summary>
    [Fact]
    public void Floats_are_rounded_for_tensor_cores()
    {
        using IlgpuDevice device = new(new PtxMachine(16, 4, 1, ProductPrecision.TensorFloat32), new CardOptions { Precision = ProductPrecision.TensorFloat32 });
        float[] a = RandomNumbers.Floats(1, 21 * 11), b = RandomNumbers.Floats(2, 11 * 9);
        Tensor c = device.Poisoned(new Shape(21, 9));
        device.MatMul(device.Floats(new Shape(21, 11), a), false, device.Floats(new Shape(11, 9), b), false, c);
        double[] expected = [.. Enumerable.Range(0, 21 * 9).Select(at => Enumerable.Range(0, 11).Sum(k => (double)Rounded(a[(at / 9 * 11) + k]) * Rounded(b[(k * 9) + (at % 9)])))];
        Assert.Equal(expected, c.ToArray().Select(x => (double)x), (x, y) => Math.Abs(x - y) < 2e-6);

        static float Rounded(float x) => BitConverter.UInt32BitsToSingle(KernelMath.ToTf32(x));
    }

    /// <summary>Groups of as many lanes, and with as many sums, as on a card wait for each other.</summary>
    [Fact]
    public void Groups_of_full_size_meet()
    {
        RecurrenceCase test = new(CellKind.ClippedRelu, 3, 32, 16, reverse: false, seed: 9);
        Assert.Equal(Run(false), Run(true));

        float[] Run(bool persistent)
        {
            using IlgpuDevice device = new(new PtxMachine(256, 16, 2), new CardOptions { PersistentRecurrence = persistent });
            RecurrentDirection direction = test.On(device);
            device.RecurrentForward(test.Kind, test.LengthsOn(device), [direction], training: true);
            return direction.Hidden.ToArray();
        }
    }

    [Theory]
    [InlineData(ProductPrecision.BFloat16)]
    [InlineData(ProductPrecision.TensorFloat32)]
    public void Tensor_cores_are_taken_where_a_product_comes_out_right(ProductPrecision precision)
    {
        using PtxMachine machine = new(16, 4, 1, precision);
        Assert.True(TensorCores.Work(machine, precision));
        machine.SpoilsProducts = true;
        Assert.False(TensorCores.Work(machine, precision));
    }

    /// <summary>Runs instructions in a group, each of whose lanes stores %r1 at its place. %rd1 is where a buffer of 64 integers starts, at a multiple of 16.</summary>
    private int[] Run(string instructions, int lanes = 1)
    {
        long start = Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0), aligned = (start + 15) / 16 * 16;
        PtxMemory memory = new();
        memory.Add(aligned, 256 - (aligned - start));
        PtxCode code = PtxCode.Parse($"""
            .visible .entry Kernel_Test(
                .param .align 8 .b8 _a_1[8]
            )
            {"{"}
            .shared .align 4 .b8 piece[16];
            .reg .pred %p<3>;
            .reg .b32 %r<9>;
            .reg .b64 %rd<22>;
            .reg .f32 %f<5>;
            ld.param.b64 %rd1, [_a_1];
            {instructions.Replace("; ", ";\n", StringComparison.Ordinal)}
            mov.b32 %r8, %tid.x;
            mul.wide.u32 %rd20, %r8, 4;
            add.u64 %rd21, %rd1, %rd20;
            st.b32 [%rd21], %r1;
            ret;
            {"}"}
            """);
        Action<PtxFrame> kernel = PtxTranslator.Translate(code, memory);
        long[] arguments = GC.AllocateArray<long>(1, pinned: true);
        arguments[0] = aligned;
        long at = Marshal.UnsafeAddrOfPinnedArrayElement(arguments, 0);
        _runner.Run(() => kernel(PtxMachine.FrameOf(code, at)), new Extent(1), new Extent(lanes), meet: true, sideBySide: false);
        return _values[(int)((aligned - start) / 4)..];
    }
}
