using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>The elementwise functions of the device's primitives, for <see cref="Maps"/>.</summary>
internal static class Functions
{
    /// <summary>e^x.</summary>
    public readonly struct Exp : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => VectorMath.Exp<S, V, I>(x);
    }

    /// <summary>tanh x.</summary>
    public readonly struct Tanh : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => VectorMath.Tanh<S, V, I>(x);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    public readonly struct Sigmoid : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => VectorMath.Sigmoid<S, V, I>(x);
    }

    /// <summary>max(0, x).</summary>
    public readonly struct Relu : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => VectorMath.Relu<S, V, I>(x);
    }

    /// <summary>min(max(0, x), 20).</summary>
    public readonly struct ClippedRelu : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => VectorMath.ClippedRelu<S, V, I>(x);
    }

    /// <summary>x + y.</summary>
    public readonly struct Add : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x, V y)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => S.Add(x, y);
    }

    /// <summary>x y.</summary>
    public readonly struct Multiply : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x, V y)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => S.Multiply(x, y);
    }

    /// <summary>z + x y, rounded once.</summary>
    public readonly struct MultiplyAdd : ITernaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x, V y, V z)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => S.FusedMultiplyAdd(x, y, z);
    }

    /// <summary>scale x.</summary>
    public readonly struct Scale(float scale) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => S.Multiply(S.Create(scale), x);
    }

    /// <summary>y + scale x, rounded once.</summary>
    public readonly struct ScaleAdd(float scale) : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x, V y)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => S.FusedMultiplyAdd(S.Create(scale), x, y);
    }

    /// <summary>z + f(x, y).</summary>
    public readonly struct Added<F> : ITernaryFunction
        where F : struct, IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V x, V y, V z)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => S.Add(z, default(F).Invoke<S, V, I>(x, y));
    }

    /// <summary>dy where 0 &lt; y &lt; 20, else 0.</summary>
    public readonly struct ClippedReluBackward : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V y, V dy)
            where S : ISimd<V, I>
            where V : struct
            where I : struct =>
            S.Select(S.LessThan(S.Create(0f), y), S.Select(S.LessThan(y, S.Create(VectorMath.ClippedReluCeiling)), dy, S.Create(0f)), S.Create(0f));
    }

    /// <summary>dy where y &gt; 0, else 0.</summary>
    public readonly struct ReluBackward : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V y, V dy)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => S.Select(S.LessThan(S.Create(0f), y), dy, S.Create(0f));
    }

    /// <summary>dy (1 - y^2).</summary>
    public readonly struct TanhBackward : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V y, V dy)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => S.Multiply(dy, S.FusedMultiplyAdd(S.Subtract(S.Create(0f), y), y, S.Create(1f)));
    }

    /// <summary>dy y (1 - y).</summary>
    public readonly struct SigmoidBackward : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<S, V, I>(V y, V dy)
            where S : ISimd<V, I>
            where V : struct
            where I : struct => S.Multiply(dy, S.Multiply(y, S.Subtract(S.Create(1f), y)));
    }
}
