using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Products of a few rows of A, as they lie in memory, with two vectors of columns of B, every sum in a register of its own: C = start + A B,
/// where start is a tile of its own stride (C itself to go on summing, a bias with stride 0, or null for zeros). Each element takes
/// k = 0, 1, 2, ... with one fused multiply-add each, which is what makes a result independent of everything around it.
/// <para>
/// Written out with one named local per sum, and without calls: the compiler keeps neither arrays of vectors nor anything that lives
/// across a call in registers.
/// </para>
/// </summary>
internal static unsafe class RowKernels
{
    /// <summary>8 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows8<S, V, I>(nint depth, float* a, nint lda, float* b, nint ldb, float* start, nint lds, float* c, nint ldc)
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

        float* a1 = a + lda, a2 = a + (2 * lda), a3 = a + (3 * lda), a4 = a + (4 * lda), a5 = a + (5 * lda), a6 = a + (6 * lda), a7 = a + (7 * lda);
        for (nint k = 0; k < depth; k++, b += ldb)
        {
            V b0 = S.Load(b), b1 = S.Load(b + w), x = S.Create(a[k]);
            c00 = S.FusedMultiplyAdd(x, b0, c00);
            c01 = S.FusedMultiplyAdd(x, b1, c01);
            x = S.Create(a1[k]);
            c10 = S.FusedMultiplyAdd(x, b0, c10);
            c11 = S.FusedMultiplyAdd(x, b1, c11);
            x = S.Create(a2[k]);
            c20 = S.FusedMultiplyAdd(x, b0, c20);
            c21 = S.FusedMultiplyAdd(x, b1, c21);
            x = S.Create(a3[k]);
            c30 = S.FusedMultiplyAdd(x, b0, c30);
            c31 = S.FusedMultiplyAdd(x, b1, c31);
            x = S.Create(a4[k]);
            c40 = S.FusedMultiplyAdd(x, b0, c40);
            c41 = S.FusedMultiplyAdd(x, b1, c41);
            x = S.Create(a5[k]);
            c50 = S.FusedMultiplyAdd(x, b0, c50);
            c51 = S.FusedMultiplyAdd(x, b1, c51);
            x = S.Create(a6[k]);
            c60 = S.FusedMultiplyAdd(x, b0, c60);
            c61 = S.FusedMultiplyAdd(x, b1, c61);
            x = S.Create(a7[k]);
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

    /// <summary>4 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows4<S, V, I>(nint depth, float* a, nint lda, float* b, nint ldb, float* start, nint lds, float* c, nint ldc)
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

        float* a1 = a + lda, a2 = a + (2 * lda), a3 = a + (3 * lda);
        for (nint k = 0; k < depth; k++, b += ldb)
        {
            V b0 = S.Load(b), b1 = S.Load(b + w), x = S.Create(a[k]);
            c00 = S.FusedMultiplyAdd(x, b0, c00);
            c01 = S.FusedMultiplyAdd(x, b1, c01);
            x = S.Create(a1[k]);
            c10 = S.FusedMultiplyAdd(x, b0, c10);
            c11 = S.FusedMultiplyAdd(x, b1, c11);
            x = S.Create(a2[k]);
            c20 = S.FusedMultiplyAdd(x, b0, c20);
            c21 = S.FusedMultiplyAdd(x, b1, c21);
            x = S.Create(a3[k]);
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

    /// <summary>3 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows3<S, V, I>(nint depth, float* a, nint lda, float* b, nint ldb, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int w = S.Width;
        V c00 = S.Create(0), c01 = S.Create(0);
        V c10 = S.Create(0), c11 = S.Create(0);
        V c20 = S.Create(0), c21 = S.Create(0);
        if (start != null)
        {
            c00 = S.Load(start);
            c01 = S.Load(start + w);
            c10 = S.Load(start + lds);
            c11 = S.Load(start + lds + w);
            c20 = S.Load(start + (2 * lds));
            c21 = S.Load(start + (2 * lds) + w);
        }

        float* a1 = a + lda, a2 = a + (2 * lda);
        for (nint k = 0; k < depth; k++, b += ldb)
        {
            V b0 = S.Load(b), b1 = S.Load(b + w), x = S.Create(a[k]);
            c00 = S.FusedMultiplyAdd(x, b0, c00);
            c01 = S.FusedMultiplyAdd(x, b1, c01);
            x = S.Create(a1[k]);
            c10 = S.FusedMultiplyAdd(x, b0, c10);
            c11 = S.FusedMultiplyAdd(x, b1, c11);
            x = S.Create(a2[k]);
            c20 = S.FusedMultiplyAdd(x, b0, c20);
            c21 = S.FusedMultiplyAdd(x, b1, c21);
        }

        S.Store(c00, c);
        S.Store(c01, c + w);
        S.Store(c10, c + ldc);
        S.Store(c11, c + ldc + w);
        S.Store(c20, c + (2 * ldc));
        S.Store(c21, c + (2 * ldc) + w);
    }

    /// <summary>2 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows2<S, V, I>(nint depth, float* a, nint lda, float* b, nint ldb, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int w = S.Width;
        V c00 = S.Create(0), c01 = S.Create(0);
        V c10 = S.Create(0), c11 = S.Create(0);
        if (start != null)
        {
            c00 = S.Load(start);
            c01 = S.Load(start + w);
            c10 = S.Load(start + lds);
            c11 = S.Load(start + lds + w);
        }

        float* a1 = a + lda;
        for (nint k = 0; k < depth; k++, b += ldb)
        {
            V b0 = S.Load(b), b1 = S.Load(b + w), x = S.Create(a[k]);
            c00 = S.FusedMultiplyAdd(x, b0, c00);
            c01 = S.FusedMultiplyAdd(x, b1, c01);
            x = S.Create(a1[k]);
            c10 = S.FusedMultiplyAdd(x, b0, c10);
            c11 = S.FusedMultiplyAdd(x, b1, c11);
        }

        S.Store(c00, c);
        S.Store(c01, c + w);
        S.Store(c10, c + ldc);
        S.Store(c11, c + ldc + w);
    }

    /// <summary>One row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row1<S, V, I>(nint depth, float* a, nint lda, float* b, nint ldb, float* start, nint lds, float* c, nint ldc)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int w = S.Width;
        V c00 = S.Create(0), c01 = S.Create(0);
        if (start != null)
        {
            c00 = S.Load(start);
            c01 = S.Load(start + w);
        }

        for (nint k = 0; k < depth; k++, b += ldb)
        {
            V b0 = S.Load(b), b1 = S.Load(b + w), x = S.Create(a[k]);
            c00 = S.FusedMultiplyAdd(x, b0, c00);
            c01 = S.FusedMultiplyAdd(x, b1, c01);
        }

        S.Store(c00, c);
        S.Store(c01, c + w);
    }

    /// <summary>One row by two vectors of each of four panels, <paramref name="panelStride"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RowWide<S, V, I>(nint depth, float* a, float* b, nint ldb, nint panelStride, float* start, float* c)
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        int w = S.Width;
        const int p = PackedMatrix.PanelWidth;
        V c00 = S.Create(0), c01 = S.Create(0);
        V c10 = S.Create(0), c11 = S.Create(0);
        V c20 = S.Create(0), c21 = S.Create(0);
        V c30 = S.Create(0), c31 = S.Create(0);
        if (start != null)
        {
            c00 = S.Load(start);
            c01 = S.Load(start + w);
            c10 = S.Load(start + p);
            c11 = S.Load(start + p + w);
            c20 = S.Load(start + (2 * p));
            c21 = S.Load(start + (2 * p) + w);
            c30 = S.Load(start + (3 * p));
            c31 = S.Load(start + (3 * p) + w);
        }

        float* b1 = b + panelStride, b2 = b1 + panelStride, b3 = b2 + panelStride;
        for (nint k = 0; k < depth; k++, b += ldb, b1 += ldb, b2 += ldb, b3 += ldb)
        {
            V x = S.Create(a[k]);
            c00 = S.FusedMultiplyAdd(x, S.Load(b), c00);
            c01 = S.FusedMultiplyAdd(x, S.Load(b + w), c01);
            c10 = S.FusedMultiplyAdd(x, S.Load(b1), c10);
            c11 = S.FusedMultiplyAdd(x, S.Load(b1 + w), c11);
            c20 = S.FusedMultiplyAdd(x, S.Load(b2), c20);
            c21 = S.FusedMultiplyAdd(x, S.Load(b2 + w), c21);
            c30 = S.FusedMultiplyAdd(x, S.Load(b3), c30);
            c31 = S.FusedMultiplyAdd(x, S.Load(b3 + w), c31);
        }

        S.Store(c00, c);
        S.Store(c01, c + w);
        S.Store(c10, c + p);
        S.Store(c11, c + p + w);
        S.Store(c20, c + (2 * p));
        S.Store(c21, c + (2 * p) + w);
        S.Store(c30, c + (3 * p));
        S.Store(c31, c + (3 * p) + w);
    }
}
