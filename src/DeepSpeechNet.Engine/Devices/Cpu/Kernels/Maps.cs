using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>A function of one vector; a struct, so that <see cref="Maps"/> compiles one loop for it with the call inlined.</summary>
internal interface IUnaryFunction
{
    V Invoke<S, V, I>(V x)
        where S : ISimd<V, I>
        where V : struct
        where I : struct;
}

/// <summary>A function of two vectors.</summary>
internal interface IBinaryFunction
{
    V Invoke<S, V, I>(V x, V y)
        where S : ISimd<V, I>
        where V : struct
        where I : struct;
}

/// <summary>A function of three vectors.</summary>
internal interface ITernaryFunction
{
    V Invoke<S, V, I>(V x, V y, V z)
        where S : ISimd<V, I>
        where V : struct
        where I : struct;
}

/// <summary>
/// Elementwise loops over arrays with the machine's widest vectors. The rest of an array that fills no vector goes through the same
/// function in a padded one, so an element's result does not depend on where it stands. Inputs may be the output.
/// </summary>
internal static unsafe class Maps
{
    /// <summary>y[i] = value.</summary>
    public static void Fill(float* y, nint count, float value)
    {
        const int piece = 1 << 24;
        for (nint i = 0; i < count; i += piece)
            new Span<float>(y + i, (int)Math.Min(piece, count - i)).Fill(value);
    }

    /// <summary>y[i] = f(x[i]).</summary>
    public static void Apply<F>(F f, float* x, float* y, nint count)
        where F : struct, IUnaryFunction
    {
        if (Vector512.IsHardwareAccelerated)
            Apply<F, Simd512, Vector512<float>, Vector512<int>>(f, x, y, count);
        else if (Vector256.IsHardwareAccelerated)
            Apply<F, Simd256, Vector256<float>, Vector256<int>>(f, x, y, count);
        else
            Apply<F, Simd128, Vector128<float>, Vector128<int>>(f, x, y, count);
    }

    /// <summary>z[i] = f(x[i], y[i]).</summary>
    public static void Apply<F>(F f, float* x, float* y, float* z, nint count)
        where F : struct, IBinaryFunction
    {
        if (Vector512.IsHardwareAccelerated)
            Apply<F, Simd512, Vector512<float>, Vector512<int>>(f, x, y, z, count);
        else if (Vector256.IsHardwareAccelerated)
            Apply<F, Simd256, Vector256<float>, Vector256<int>>(f, x, y, z, count);
        else
            Apply<F, Simd128, Vector128<float>, Vector128<int>>(f, x, y, z, count);
    }

    /// <summary>u[i] = f(x[i], y[i], z[i]).</summary>
    public static void Apply<F>(F f, float* x, float* y, float* z, float* u, nint count)
        where F : struct, ITernaryFunction
    {
        if (Vector512.IsHardwareAccelerated)
            Apply<F, Simd512, Vector512<float>, Vector512<int>>(f, x, y, z, u, count);
        else if (Vector256.IsHardwareAccelerated)
            Apply<F, Simd256, Vector256<float>, Vector256<int>>(f, x, y, z, u, count);
        else
            Apply<F, Simd128, Vector128<float>, Vector128<int>>(f, x, y, z, u, count);
    }

    /// <summary>The unary loop with vectors of a given width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<F, S, V, I>(F f, float* x, float* y, nint count)
        where F : struct, IUnaryFunction
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        nint i = 0;
        for (; i <= count - S.Width; i += S.Width)
            S.Store(f.Invoke<S, V, I>(S.Load(x + i)), y + i);
        if (i < count)
        {
            float* rest = stackalloc float[S.Width];
            Copy(x + i, rest, count - i);
            S.Store(f.Invoke<S, V, I>(S.Load(rest)), rest);
            Copy(rest, y + i, count - i);
        }
    }

    /// <summary>The binary loop with vectors of a given width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<F, S, V, I>(F f, float* x, float* y, float* z, nint count)
        where F : struct, IBinaryFunction
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        nint i = 0;
        for (; i <= count - S.Width; i += S.Width)
            S.Store(f.Invoke<S, V, I>(S.Load(x + i), S.Load(y + i)), z + i);
        if (i < count)
        {
            float* a = stackalloc float[2 * S.Width];
            float* b = a + S.Width;
            Copy(x + i, a, count - i);
            Copy(y + i, b, count - i);
            S.Store(f.Invoke<S, V, I>(S.Load(a), S.Load(b)), a);
            Copy(a, z + i, count - i);
        }
    }

    /// <summary>The ternary loop with vectors of a given width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<F, S, V, I>(F f, float* x, float* y, float* z, float* u, nint count)
        where F : struct, ITernaryFunction
        where S : ISimd<V, I>
        where V : struct
        where I : struct
    {
        nint i = 0;
        for (; i <= count - S.Width; i += S.Width)
            S.Store(f.Invoke<S, V, I>(S.Load(x + i), S.Load(y + i), S.Load(z + i)), u + i);
        if (i < count)
        {
            float* a = stackalloc float[3 * S.Width];
            float* b = a + S.Width, c = b + S.Width;
            Copy(x + i, a, count - i);
            Copy(y + i, b, count - i);
            Copy(z + i, c, count - i);
            S.Store(f.Invoke<S, V, I>(S.Load(a), S.Load(b), S.Load(c)), a);
            Copy(a, u + i, count - i);
        }
    }

    private static void Copy(float* source, float* target, nint count)
    {
        for (nint i = 0; i < count; i++)
            target[i] = source[i];
    }
}
