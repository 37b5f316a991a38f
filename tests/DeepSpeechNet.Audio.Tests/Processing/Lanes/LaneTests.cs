using System.Runtime.Intrinsics;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Audio.Processing.Lanes;

namespace DeepSpeechNet.Audio.Tests.Processing.Lanes;

public sealed unsafe class LaneTests
{
    public static TheoryData<int> Widths => [.. FrameKernel.Widths()];

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_logarithm_is_within_2e7_of_the_true_one(int width)
    {
        switch (width)
        {
            case 512: Logarithm<Vector512<float>, Lanes512>(); break;
            case 256: Logarithm<Vector256<float>, Lanes256>(); break;
            case 128: Logarithm<Vector128<float>, Lanes128>(); break;
            default: Logarithm<float, ScalarLanes>(); break;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Transposition_exchanges_rows_and_columns(int width)
    {
        switch (width)
        {
            case 512: Transposition<Vector512<float>, Lanes512>(); break;
            case 256: Transposition<Vector256<float>, Lanes256>(); break;
            case 128: Transposition<Vector128<float>, Lanes128>(); break;
            default: Transposition<float, ScalarLanes>(); break;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_larger_of_a_bad_number_and_a_floor_is_the_floor(int width)
    {
        switch (width)
        {
            case 512: Larger<Vector512<float>, Lanes512>(); break;
            case 256: Larger<Vector256<float>, Lanes256>(); break;
            case 128: Larger<Vector128<float>, Lanes128>(); break;
            default: Larger<float, ScalarLanes>(); break;
        }
    }

    private static void Logarithm<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        AlignedBuffer buffer = new(16);
        Random random = new(3);
        double worst = 0;
        for (int i = 0; i < 100_000; i++)
        {
            float x = i switch
            {
                0 => 1f,
                1 => MathF.BitDecrement(1f),
                2 => MathF.BitIncrement(1f),
                3 => 1.17549435e-38f,
                4 => float.MaxValue,
                5 => 1.1920929e-07f,
                < 20_000 => 1 + ((float)random.NextDouble() - 0.5f) * 1e-3f,
                < 60_000 => (float)Math.Exp((random.NextDouble() - 0.5) * 2),
                _ => (float)Math.Exp((random.NextDouble() * 175) - 87),
            };
            TLanes.Store(buffer.Pointer, LaneLogarithm.Log<TVector, TLanes>(TLanes.Broadcast(x)));
            double expected = Math.Log(x);
            double error = Math.Abs(buffer.Span[TLanes.Count - 1] - expected) / Math.Max(Math.Abs(expected), 1e-30);
            worst = Math.Max(worst, error);
        }

        Assert.True(worst < 2e-7, $"the largest relative error is {worst}");
        GC.KeepAlive(buffer);
    }

    private static void Transposition<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        int v = TLanes.Count;
        AlignedBuffer source = new(v * 20);
        AlignedBuffer target = new(v * 24);
        for (int i = 0; i < source.Length; i++)
            source.Span[i] = i;
        TLanes.Transpose(source.Pointer, 20, target.Pointer, 24);
        for (int i = 0; i < v; i++)
        {
            for (int j = 0; j < v; j++)
                Assert.Equal((i * 20) + j, target.Span[(j * 24) + i]);
        }
    }

    private static void Larger<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        AlignedBuffer buffer = new(16);
        TLanes.Store(buffer.Pointer, TLanes.Max(TLanes.Broadcast(float.NaN), TLanes.Broadcast(3)));
        Assert.Equal(3, buffer.Span[0]);
        TLanes.Store(buffer.Pointer, TLanes.Max(TLanes.Broadcast(5), TLanes.Broadcast(3)));
        Assert.Equal(5, buffer.Span[0]);
    }
}
