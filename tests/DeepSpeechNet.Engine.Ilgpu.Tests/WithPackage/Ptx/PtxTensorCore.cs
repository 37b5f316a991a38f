using System.Runtime.InteropServices;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>
/// mma.sync.m16n8k16 with factors in bfloat16 and sums in 32 bits (PTX ISA 7.0, "Matrix fragments for mma.m16n8k16 with floating point type"). With r the lane's eighth of its warp and t its
/// place there: A's registers hold rows r, r + 8, r, r + 8 at columns 2t, 2t, 2t + 8, 2t + 8 and the next; B's rows 2t and 2t + 8 and the next at column r; the sums rows r, r, r + 8, r + 8 at
/// columns 2t, 2t + 1, 2t, 2t + 1. And m16n8k8 with floats of which the lower 13 bits are left out, each register one number: A's columns are t, t, t + 4, t + 4, B's rows t and t + 4. How a card rounds within a sum is its own affair; here it is rounded once.
/// </summary>
internal static class PtxTensorCore
{
    /// <summary>How many registers of factors a lane lays down.</summary>
    public const int Registers = 6;

    /// <summary>What one lane's sums become. All lanes of the group come here.</summary>
    public static void MultiplyBf16(PtxFrame frame, int a0, int a1, int a2, int a3, int b0, int b1, ref float c0, ref float c1, ref float c2, ref float c3) =>
        Multiply(frame, 2, [a0, a1, a2, a3, b0, b1], ref c0, ref c1, ref c2, ref c3);

    /// <summary>The same of floats.</summary>
    public static void MultiplyTf32(PtxFrame frame, int a0, int a1, int a2, int a3, int b0, int b1, ref float c0, ref float c1, ref float c2, ref float c3) =>
        Multiply(frame, 1, [a0, a1, a2, a3, b0, b1], ref c0, ref c1, ref c2, ref c3);

    private static void Multiply(PtxFrame frame, int packed, ReadOnlySpan<int> own, ref float c0, ref float c1, ref float c2, ref float c3)
    {
        int lane = frame.Lane.X, warp = lane / 32 * 32, row = lane % 32 / 4, column = lane % 4 * 2;
        Span<int> all = MemoryMarshal.Cast<byte, int>(frame.Exchange.AsSpan());
        own.CopyTo(all[(lane * Registers)..]);
        frame.Lane.Meet();
        c0 = Sum(all, packed, warp, row, column, c0);
        c1 = Sum(all, packed, warp, row, column + 1, c1);
        c2 = Sum(all, packed, warp, row + 8, column, c2);
        c3 = Sum(all, packed, warp, row + 8, column + 1, c3);
        frame.Lane.Meet();
    }

    private static float Sum(ReadOnlySpan<int> all, int packed, int warp, int row, int column, float start)
    {
        double sum = start;
        for (int k = 0; k < 8 * packed; k++)
        {
            int late = k / packed / 4, holder = k / packed % 4;
            int a = all[((warp + (row % 8 * 4) + holder) * Registers) + (row / 8) + (2 * late)];
            int b = all[((warp + (column * 4) + holder) * Registers) + 4 + late];
            sum += packed == 2 ? (double)Half(a, k) * Half(b, k) : (double)Rounded(a) * Rounded(b);
        }

        return (float)sum;
    }

    private static float Rounded(int number) => BitConverter.Int32BitsToSingle(number & unchecked((int)0xFFFFE000));

    private static float Half(int pair, int k) => BitConverter.Int32BitsToSingle(k % 2 == 0 ? pair << 16 : pair & unchecked((int)0xFFFF0000));
}
