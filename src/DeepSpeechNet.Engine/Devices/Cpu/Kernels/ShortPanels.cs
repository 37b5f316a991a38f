using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// Recurrent weights [G*H, H] of which each row is a scale times whole numbers from -127 to 127 (<see cref="Tensor.RowsFitBytes"/>), packed for products with
/// states in [-1, 1] in whole numbers: states are rounded to multiples of 2^-s, and a 512-bit instruction multiplies and adds 32 pairs where one of floats takes
/// 16. No weight is rounded. s is the most for which no sum can leave 32 bits, 13 up to 2,000 units, so that a state moves by 2^-14 at most.
/// <para>
/// Panels as in <see cref="RecurrentPanels"/>: panel <c>block * gates + gate</c> holds one gate of <see cref="PackedMatrix.PanelWidth"/> units, laid out
/// <c>[pair of states][unit][2]</c>. Sums of whole numbers are exact, so results are the same bits for every number of rows.
/// </para>
/// </summary>
internal sealed unsafe class ShortPanels : IDisposable
{
    private const int Width = PackedMatrix.PanelWidth;
    private const int MostShift = 13;

    private sbyte* _data;
    private float* _scales;
    private int _shift;

    ~ShortPanels() => Free();

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported => Avx512BW.IsSupported;

    /// <summary>Pairs of states: H / 2, rounded up.</summary>
    public int Pairs { get; private set; }

    /// <summary>Packs the first gates of a weight.</summary>
    public void Pack(float* weight, int hidden, int gates)
    {
        Free();
        int blocks = (hidden + Width - 1) / Width;
        Pairs = (hidden + 1) / 2;
        _shift = Math.Min(MostShift, (int)Math.Log2(int.MaxValue / ((double)sbyte.MaxValue * hidden)));
        _data = (sbyte*)NativeMemory.AlignedAlloc((nuint)((long)blocks * gates * Pairs * Width * 2), CpuBuffer.Alignment);
        _scales = (float*)NativeMemory.AlignedAlloc((nuint)(blocks * gates * Width * sizeof(float)), CpuBuffer.Alignment);
        new Span<sbyte>(_data, checked(blocks * gates * Pairs * Width * 2)).Clear();
        new Span<float>(_scales, blocks * gates * Width).Clear();
        sbyte[] row = new sbyte[hidden];
        float[] scale = new float[1];
        for (int gate = 0; gate < gates; gate++)
        {
            for (int unit = 0; unit < hidden; unit++)
            {
                ByteWeights.Quantise(new ReadOnlySpan<float>(weight + ((((nint)gate * hidden) + unit) * hidden), hidden), row, scale);
                int panel = (unit / Width * gates) + gate, column = unit % Width;
                _scales[(panel * Width) + column] = MathF.ScaleB(scale[0], -_shift);
                sbyte* target = _data + ((nint)panel * Pairs * Width * 2) + (column * 2);
                for (int k = 0; k < hidden; k++)
                    target[((nint)(k / 2) * Width * 2) + (k % 2)] = row[k];
            }
        }
    }

    /// <summary>Rounds a row of states, [H]; ones beyond [-1, 1] count as its ends.</summary>
    /// <param name="states">The states.</param>
    /// <param name="count">H.</param>
    /// <param name="rounded">Receives 2 * <see cref="Pairs"/> numbers.</param>
    public void Round(float* states, int count, short* rounded)
    {
        int one = 1 << _shift, i = 0;
        Vector512<float> factor = Vector512.Create((float)one);
        for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            Vector512<float> scaled = Vector512.Clamp(Vector512.Load(states + i) * factor, -factor, factor);
            Avx512F.ConvertToVector256Int16(Avx512F.ConvertToVector512Int32(scaled)).Store(rounded + i);
        }

        for (; i < count; i++)
            rounded[i] = (short)MathF.Round(Math.Clamp(states[i] * one, -one, one));
        if (count < 2 * Pairs)
            rounded[count] = 0;
    }

    /// <summary>Products of rounded states with some panels.</summary>
    /// <param name="rows">Rows of states.</param>
    /// <param name="states">As <see cref="Round"/> made them, row after row of 2 * <see cref="Pairs"/>.</param>
    /// <param name="panel">The first panel.</param>
    /// <param name="count">How many panels.</param>
    /// <param name="target">The first row, at the first panel's first column.</param>
    /// <param name="stride">From one row of the target to the next.</param>
    public void Multiply(int rows, short* states, int panel, int count, float* target, nint stride)
    {
        nint row = 2 * Pairs;
        for (int p = panel; p < panel + count; p++, target += Width)
        {
            sbyte* weights = _data + ((nint)p * Pairs * Width * 2);
            float* scales = _scales + ((nint)p * Width);
            int done = 0;
            for (; done <= rows - 8; done += 8)
                Rows8(weights, states + (done * row), row, scales, target + (done * stride), stride);
            for (; done <= rows - 4; done += 4)
                Rows4(weights, states + (done * row), row, scales, target + (done * stride), stride);
            for (; done < rows; done++)
                Row(weights, states + (done * row), scales, target + (done * stride));
        }

        GC.KeepAlive(this);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_data);
        NativeMemory.AlignedFree(_scales);
        _data = null;
        _scales = null;
    }

    private void Rows8(sbyte* weights, short* states, nint row, float* scales, float* target, nint stride)
    {
        Vector512<int> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        Vector512<int> e0 = default, e1 = default, f0 = default, f1 = default, g0 = default, g1 = default, h0 = default, h1 = default;
        for (int k = 0; k < Pairs; k++, weights += 2 * Width, states += 2)
        {
            Vector512<short> w0 = Widen(weights), w1 = Widen(weights + Width);
            Vector512<short> a = Pair(states);
            a0 += Avx512BW.MultiplyAddAdjacent(w0, a);
            a1 += Avx512BW.MultiplyAddAdjacent(w1, a);
            Vector512<short> b = Pair(states + row);
            b0 += Avx512BW.MultiplyAddAdjacent(w0, b);
            b1 += Avx512BW.MultiplyAddAdjacent(w1, b);
            Vector512<short> c = Pair(states + (2 * row));
            c0 += Avx512BW.MultiplyAddAdjacent(w0, c);
            c1 += Avx512BW.MultiplyAddAdjacent(w1, c);
            Vector512<short> d = Pair(states + (3 * row));
            d0 += Avx512BW.MultiplyAddAdjacent(w0, d);
            d1 += Avx512BW.MultiplyAddAdjacent(w1, d);
            Vector512<short> e = Pair(states + (4 * row));
            e0 += Avx512BW.MultiplyAddAdjacent(w0, e);
            e1 += Avx512BW.MultiplyAddAdjacent(w1, e);
            Vector512<short> f = Pair(states + (5 * row));
            f0 += Avx512BW.MultiplyAddAdjacent(w0, f);
            f1 += Avx512BW.MultiplyAddAdjacent(w1, f);
            Vector512<short> g = Pair(states + (6 * row));
            g0 += Avx512BW.MultiplyAddAdjacent(w0, g);
            g1 += Avx512BW.MultiplyAddAdjacent(w1, g);
            Vector512<short> h = Pair(states + (7 * row));
            h0 += Avx512BW.MultiplyAddAdjacent(w0, h);
            h1 += Avx512BW.MultiplyAddAdjacent(w1, h);
        }

        Store(a0, a1, scales, target);
        Store(b0, b1, scales, target + stride);
        Store(c0, c1, scales, target + (2 * stride));
        Store(d0, d1, scales, target + (3 * stride));
        Store(e0, e1, scales, target + (4 * stride));
        Store(f0, f1, scales, target + (5 * stride));
        Store(g0, g1, scales, target + (6 * stride));
        Store(h0, h1, scales, target + (7 * stride));
    }

    private void Rows4(sbyte* weights, short* states, nint row, float* scales, float* target, nint stride)
    {
        Vector512<int> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (int k = 0; k < Pairs; k++, weights += 2 * Width, states += 2)
        {
            Vector512<short> w0 = Widen(weights), w1 = Widen(weights + Width);
            Vector512<short> a = Pair(states);
            a0 += Avx512BW.MultiplyAddAdjacent(w0, a);
            a1 += Avx512BW.MultiplyAddAdjacent(w1, a);
            Vector512<short> b = Pair(states + row);
            b0 += Avx512BW.MultiplyAddAdjacent(w0, b);
            b1 += Avx512BW.MultiplyAddAdjacent(w1, b);
            Vector512<short> c = Pair(states + (2 * row));
            c0 += Avx512BW.MultiplyAddAdjacent(w0, c);
            c1 += Avx512BW.MultiplyAddAdjacent(w1, c);
            Vector512<short> d = Pair(states + (3 * row));
            d0 += Avx512BW.MultiplyAddAdjacent(w0, d);
            d1 += Avx512BW.MultiplyAddAdjacent(w1, d);
        }

        Store(a0, a1, scales, target);
        Store(b0, b1, scales, target + stride);
        Store(c0, c1, scales, target + (2 * stride));
        Store(d0, d1, scales, target + (3 * stride));
    }

    private void Row(sbyte* weights, short* states, float* scales, float* target)
    {
        // Four sums, so that none waits for the one before.
        Vector512<int> even0 = default, even1 = default, odd0 = default, odd1 = default;
        int k = 0;
        for (; k <= Pairs - 2; k += 2, weights += 4 * Width, states += 4)
        {
            Vector512<short> a = Pair(states), b = Pair(states + 2);
            even0 += Avx512BW.MultiplyAddAdjacent(Widen(weights), a);
            even1 += Avx512BW.MultiplyAddAdjacent(Widen(weights + Width), a);
            odd0 += Avx512BW.MultiplyAddAdjacent(Widen(weights + (2 * Width)), b);
            odd1 += Avx512BW.MultiplyAddAdjacent(Widen(weights + (3 * Width)), b);
        }

        if (k < Pairs)
        {
            even0 += Avx512BW.MultiplyAddAdjacent(Widen(weights), Pair(states));
            even1 += Avx512BW.MultiplyAddAdjacent(Widen(weights + Width), Pair(states));
        }

        Store(even0 + odd0, even1 + odd1, scales, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Pair(short* states) => Vector512.Create(*(int*)states).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Widen(sbyte* weights) => Avx512BW.ConvertToVector512Int16(Vector256.Load(weights));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<int> low, Vector512<int> high, float* scales, float* target)
    {
        (Vector512.ConvertToSingle(low) * Vector512.Load(scales)).Store(target);
        (Vector512.ConvertToSingle(high) * Vector512.Load(scales + Vector512<float>.Count)).Store(target + Vector512<float>.Count);
    }
}
