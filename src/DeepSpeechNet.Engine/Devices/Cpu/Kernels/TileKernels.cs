using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Products of a few rows of A, packed as <c>[k][rows]</c>, with two vectors of columns of B, every sum in a register of its own: C = start + A B,
/// where start is a tile of its own stride (C itself to go on summing, a bias with stride 0, or null for zeros). Each element takes
/// k = 0, 1, 2, ... with one fused multiply-add each, which is what makes a result independent of everything around it.
/// <para>
/// Written out with one named local per sum, and without calls: the compiler keeps neither arrays of vectors nor anything that lives
/// across a call in registers.
/// </para>
/// </summary>
internal static unsafe class TileKernels
{
    /// <summary>12 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile12<S, V, I>(nint depth, float* a, float* b, nint ldb, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int w = S.Width;
        V c00 = S.Create(0), c01 = S.Create(0);
        V c10 = S.Create(0), c11 = S.Create(0);
        V c20 = S.Create(0), c21 = S.Create(0);
        V c30 = S.Create(0), c31 = S.Create(0);
        V c40 = S.Create(0), c41 = S.Create(0);
        V c50 = S.Create(0), c51 = S.Create(0);
        V c60 = S.Create(0), c61 = S.Create(0);
        V c70 = S.Create(0), c71 = S.Create(0);
        V c80 = S.Create(0), c81 = S.Create(0);
        V c90 = S.Create(0), c91 = S.Create(0);
        V c100 = S.Create(0), c101 = S.Create(0);
        V c110 = S.Create(0), c111 = S.Create(0);
        if (start != null)
        {
            c00 = S.Load(start);
            c01 = S.Load(start + w);
            c10 = S.Load(start + lds);
            c11 = S.Load(start + lds + w);
            c20 = S.Load(start + (2 * lds));
            c21 = S.Load(start + (2 * lds) + w);
            c30 = S.Load(start + (3 * lds));
            c31 = S.Load(start + (3 * lds) + w);
            c40 = S.Load(start + (4 * lds));
            c41 = S.Load(start + (4 * lds) + w);
            c50 = S.Load(start + (5 * lds));
            c51 = S.Load(start + (5 * lds) + w);
            c60 = S.Load(start + (6 * lds));
            c61 = S.Load(start + (6 * lds) + w);
            c70 = S.Load(start + (7 * lds));
            c71 = S.Load(start + (7 * lds) + w);
            c80 = S.Load(start + (8 * lds));
            c81 = S.Load(start + (8 * lds) + w);
            c90 = S.Load(start + (9 * lds));
            c91 = S.Load(start + (9 * lds) + w);
            c100 = S.Load(start + (10 * lds));
            c101 = S.Load(start + (10 * lds) + w);
            c110 = S.Load(start + (11 * lds));
            c111 = S.Load(start + (11 * lds) + w);
        }

        for (; depth > 0; depth--, a += 12, b += ldb)
        {
            V b0 = S.Load(b), b1 = S.Load(b + w), x = S.Create(*a);
            c00 = S.FusedMultiplyAdd(x, b0, c00);
            c01 = S.FusedMultiplyAdd(x, b1, c01);
            x = S.Create(a[1]);
            c10 = S.FusedMultiplyAdd(x, b0, c10);
            c11 = S.FusedMultiplyAdd(x, b1, c11);
            x = S.Create(a[2]);
            c20 = S.FusedMultiplyAdd(x, b0, c20);
            c21 = S.FusedMultiplyAdd(x, b1, c21);
            x = S.Create(a[3]);
            c30 = S.FusedMultiplyAdd(x, b0, c30);
            c31 = S.FusedMultiplyAdd(x, b1, c31);
            x = S.Create(a[4]);
            c40 = S.FusedMultiplyAdd(x, b0, c40);
            c41 = S.FusedMultiplyAdd(x, b1, c41);
            x = S.Create(a[5]);
            c50 = S.FusedMultiplyAdd(x, b0, c50);
            c51 = S.FusedMultiplyAdd(x, b1, c51);
            x = S.Create(a[6]);
            c60 = S.FusedMultiplyAdd(x, b0, c60);
            c61 = S.FusedMultiplyAdd(x, b1, c61);
            x = S.Create(a[7]);
            c70 = S.FusedMultiplyAdd(x, b0, c70);
            c71 = S.FusedMultiplyAdd(x, b1, c71);
            x = S.Create(a[8]);
            c80 = S.FusedMultiplyAdd(x, b0, c80);
            c81 = S.FusedMultiplyAdd(x, b1, c81);
            x = S.Create(a[9]);
            c90 = S.FusedMultiplyAdd(x, b0, c90);
            c91 = S.FusedMultiplyAdd(x, b1, c91);
            x = S.Create(a[10]);
            c100 = S.FusedMultiplyAdd(x, b0, c100);
            c101 = S.FusedMultiplyAdd(x, b1, c101);
            x = S.Create(a[11]);
            c110 = S.FusedMultiplyAdd(x, b0, c110);
            c111 = S.FusedMultiplyAdd(x, b1, c111);
        }

        S.Store(c00, c);
        S.Store(c01, c + w);
        S.Store(c10, c + ldc);
        S.Store(c11, c + ldc + w);
        S.Store(c20, c + (2 * ldc));
        S.Store(c21, c + (2 * ldc) + w);
        S.Store(c30, c + (3 * ldc));
        S.Store(c31, c + (3 * ldc) + w);
        S.Store(c40, c + (4 * ldc));
        S.Store(c41, c + (4 * ldc) + w);
        S.Store(c50, c + (5 * ldc));
        S.Store(c51, c + (5 * ldc) + w);
        S.Store(c60, c + (6 * ldc));
        S.Store(c61, c + (6 * ldc) + w);
        S.Store(c70, c + (7 * ldc));
        S.Store(c71, c + (7 * ldc) + w);
        S.Store(c80, c + (8 * ldc));
        S.Store(c81, c + (8 * ldc) + w);
        S.Store(c90, c + (9 * ldc));
        S.Store(c91, c + (9 * ldc) + w);
        S.Store(c100, c + (10 * ldc));
        S.Store(c101, c + (10 * ldc) + w);
        S.Store(c110, c + (11 * ldc));
        S.Store(c111, c + (11 * ldc) + w);
    }

    /// <summary>8 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile8<S, V, I>(nint depth, float* a, float* b, nint ldb, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int w = S.Width;
        V c00 = S.Create(0), c01 = S.Create(0);
        V c10 = S.Create(0), c11 = S.Create(0);
        V c20 = S.Create(0), c21 = S.Create(0);
        V c30 = S.Create(0), c31 = S.Create(0);
        V c40 = S.Create(0), c41 = S.Create(0);
        V c50 = S.Create(0), c51 = S.Create(0);
        V c60 = S.Create(0), c61 = S.Create(0);
        V c70 = S.Create(0), c71 = S.Create(0);
        if (start != null)
        {
            c00 = S.Load(start);
            c01 = S.Load(start + w);
            c10 = S.Load(start + lds);
            c11 = S.Load(start + lds + w);
            c20 = S.Load(start + (2 * lds));
            c21 = S.Load(start + (2 * lds) + w);
            c30 = S.Load(start + (3 * lds));
            c31 = S.Load(start + (3 * lds) + w);
            c40 = S.Load(start + (4 * lds));
            c41 = S.Load(start + (4 * lds) + w);
            c50 = S.Load(start + (5 * lds));
            c51 = S.Load(start + (5 * lds) + w);
            c60 = S.Load(start + (6 * lds));
            c61 = S.Load(start + (6 * lds) + w);
            c70 = S.Load(start + (7 * lds));
            c71 = S.Load(start + (7 * lds) + w);
        }

        for (; depth > 0; depth--, a += 8, b += ldb)
        {
            V b0 = S.Load(b), b1 = S.Load(b + w), x = S.Create(*a);
            c00 = S.FusedMultiplyAdd(x, b0, c00);
            c01 = S.FusedMultiplyAdd(x, b1, c01);
            x = S.Create(a[1]);
            c10 = S.FusedMultiplyAdd(x, b0, c10);
            c11 = S.FusedMultiplyAdd(x, b1, c11);
            x = S.Create(a[2]);
            c20 = S.FusedMultiplyAdd(x, b0, c20);
            c21 = S.FusedMultiplyAdd(x, b1, c21);
            x = S.Create(a[3]);
            c30 = S.FusedMultiplyAdd(x, b0, c30);
            c31 = S.FusedMultiplyAdd(x, b1, c31);
            x = S.Create(a[4]);
            c40 = S.FusedMultiplyAdd(x, b0, c40);
            c41 = S.FusedMultiplyAdd(x, b1, c41);
            x = S.Create(a[5]);
            c50 = S.FusedMultiplyAdd(x, b0, c50);
            c51 = S.FusedMultiplyAdd(x, b1, c51);
            x = S.Create(a[6]);
            c60 = S.FusedMultiplyAdd(x, b0, c60);
            c61 = S.FusedMultiplyAdd(x, b1, c61);
            x = S.Create(a[7]);
            c70 = S.FusedMultiplyAdd(x, b0, c70);
            c71 = S.FusedMultiplyAdd(x, b1, c71);
        }

        S.Store(c00, c);
        S.Store(c01, c + w);
        S.Store(c10, c + ldc);
        S.Store(c11, c + ldc + w);
        S.Store(c20, c + (2 * ldc));
        S.Store(c21, c + (2 * ldc) + w);
        S.Store(c30, c + (3 * ldc));
        S.Store(c31, c + (3 * ldc) + w);
        S.Store(c40, c + (4 * ldc));
        S.Store(c41, c + (4 * ldc) + w);
        S.Store(c50, c + (5 * ldc));
        S.Store(c51, c + (5 * ldc) + w);
        S.Store(c60, c + (6 * ldc));
        S.Store(c61, c + (6 * ldc) + w);
        S.Store(c70, c + (7 * ldc));
        S.Store(c71, c + (7 * ldc) + w);
    }

    /// <summary>6 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile6<S, V, I>(nint depth, float* a, float* b, nint ldb, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int w = S.Width;
        V c00 = S.Create(0), c01 = S.Create(0);
        V c10 = S.Create(0), c11 = S.Create(0);
        V c20 = S.Create(0), c21 = S.Create(0);
        V c30 = S.Create(0), c31 = S.Create(0);
        V c40 = S.Create(0), c41 = S.Create(0);
        V c50 = S.Create(0), c51 = S.Create(0);
        if (start != null)
        {
            c00 = S.Load(start);
            c01 = S.Load(start + w);
            c10 = S.Load(start + lds);
            c11 = S.Load(start + lds + w);
            c20 = S.Load(start + (2 * lds));
            c21 = S.Load(start + (2 * lds) + w);
            c30 = S.Load(start + (3 * lds));
            c31 = S.Load(start + (3 * lds) + w);
            c40 = S.Load(start + (4 * lds));
            c41 = S.Load(start + (4 * lds) + w);
            c50 = S.Load(start + (5 * lds));
            c51 = S.Load(start + (5 * lds) + w);
        }

        for (; depth > 0; depth--, a += 6, b += ldb)
        {
            V b0 = S.Load(b), b1 = S.Load(b + w), x = S.Create(*a);
            c00 = S.FusedMultiplyAdd(x, b0, c00);
            c01 = S.FusedMultiplyAdd(x, b1, c01);
            x = S.Create(a[1]);
            c10 = S.FusedMultiplyAdd(x, b0, c10);
            c11 = S.FusedMultiplyAdd(x, b1, c11);
            x = S.Create(a[2]);
            c20 = S.FusedMultiplyAdd(x, b0, c20);
            c21 = S.FusedMultiplyAdd(x, b1, c21);
            x = S.Create(a[3]);
            c30 = S.FusedMultiplyAdd(x, b0, c30);
            c31 = S.FusedMultiplyAdd(x, b1, c31);
            x = S.Create(a[4]);
            c40 = S.FusedMultiplyAdd(x, b0, c40);
            c41 = S.FusedMultiplyAdd(x, b1, c41);
            x = S.Create(a[5]);
            c50 = S.FusedMultiplyAdd(x, b0, c50);
            c51 = S.FusedMultiplyAdd(x, b1, c51);
        }

        S.Store(c00, c);
        S.Store(c01, c + w);
        S.Store(c10, c + ldc);
        S.Store(c11, c + ldc + w);
        S.Store(c20, c + (2 * ldc));
        S.Store(c21, c + (2 * ldc) + w);
        S.Store(c30, c + (3 * ldc));
        S.Store(c31, c + (3 * ldc) + w);
        S.Store(c40, c + (4 * ldc));
        S.Store(c41, c + (4 * ldc) + w);
        S.Store(c50, c + (5 * ldc));
        S.Store(c51, c + (5 * ldc) + w);
    }

    /// <summary>4 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile4<S, V, I>(nint depth, float* a, float* b, nint ldb, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int w = S.Width;
        V c00 = S.Create(0), c01 = S.Create(0);
        V c10 = S.Create(0), c11 = S.Create(0);
        V c20 = S.Create(0), c21 = S.Create(0);
        V c30 = S.Create(0), c31 = S.Create(0);
        if (start != null)
        {
            c00 = S.Load(start);
            c01 = S.Load(start + w);
            c10 = S.Load(start + lds);
            c11 = S.Load(start + lds + w);
            c20 = S.Load(start + (2 * lds));
            c21 = S.Load(start + (2 * lds) + w);
            c30 = S.Load(start + (3 * lds));
            c31 = S.Load(start + (3 * lds) + w);
        }

        for (; depth > 0; depth--, a += 4, b += ldb)
        {
            V b0 = S.Load(b), b1 = S.Load(b + w), x = S.Create(*a);
            c00 = S.FusedMultiplyAdd(x, b0, c00);
            c01 = S.FusedMultiplyAdd(x, b1, c01);
            x = S.Create(a[1]);
            c10 = S.FusedMultiplyAdd(x, b0, c10);
            c11 = S.FusedMultiplyAdd(x, b1, c11);
            x = S.Create(a[2]);
            c20 = S.FusedMultiplyAdd(x, b0, c20);
            c21 = S.FusedMultiplyAdd(x, b1, c21);
            x = S.Create(a[3]);
            c30 = S.FusedMultiplyAdd(x, b0, c30);
            c31 = S.FusedMultiplyAdd(x, b1, c31);
        }

        S.Store(c00, c);
        S.Store(c01, c + w);
        S.Store(c10, c + ldc);
        S.Store(c11, c + ldc + w);
        S.Store(c20, c + (2 * ldc));
        S.Store(c21, c + (2 * ldc) + w);
        S.Store(c30, c + (3 * ldc));
        S.Store(c31, c + (3 * ldc) + w);
    }
}
