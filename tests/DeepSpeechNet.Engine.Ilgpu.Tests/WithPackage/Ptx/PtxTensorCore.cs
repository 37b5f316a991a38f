using System.Runtime.InteropServices;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.WithPackage.Ptx;

/// <summary>
/// mma.sync.m16n8k16 with factors in bfloat16 and sums in 32 bits (PTX ISA 7.0, "Matrix fragments for mma.m16n8k16 with floating point type"). With r the lane's eighth of its warp and t its
/// place there: A's registers hold rows r, r + 8, r, r + 8 at columns 2t, 2t, 2t + 8, 2t + 8 and the next; B's rows 2t and 2t + 8 and the next at column r; the sums rows r, r, r + 8, r + 8 at
/// columns 2t, 2t + 1, 2t, 2t + 1. How a card rounds within a sum is its own affair; here it is rounded once.
/// </summary>
internal static class PtxTensorCore
{
    /// <summary>How many registers of factors a lane lays down.</summary>
    public const int Registers = 6;

    /// <summary>What one lane's sums become. All lanes of the group come here.</summary>
    public static void Multiply(PtxFrame frame, int a0, int a1, int a2, int a3, int b0, int b1, ref float c0, ref float c1, ref float c2, ref float c3)
    {
        int lane = frame.Lane.X, warp = lane / 32 * 32, row = lane % 32 / 4, column = lane % 4 * 2;
        Span<int> all = MemoryMarshal.Cast<byte, int>(frame.Exchange.AsSpan());
        ReadOnlySpan<int> own = [a0, a1, a2, a3, b0, b1];
        own.CopyTo(all[(lane * Registers)..]);
        frame.Lane.Meet();
        c0 = Sum(all, warp, row, column, c0);
        c1 = Sum(all, warp, row, column + 1, c1);
        c2 = Sum(all, warp, row + 8, column, c2);
        c3 = Sum(all, warp, row + 8, column + 1, c3);
        frame.Lane.Meet();
    }

    private static float Sum(ReadOnlySpan<int> all, int warp, int row, int column, float start)
    {
        double sum = start;
        for (int k = 0; k < 16; k++)
        {
            int late = k / 8, holder = k % 8 / 2;
            int a = all[((warp + (row % 8 * 4) + holder) * Registers) + (row / 8) + (2 * late)];
            int b = all[((warp + (column * 4) + holder) * Registers) + 4 + late];
            sum += (double)Half(a, k) * Half(b, k);
        }

        return (float)sum;
    }

    private static float Half(int pair, int k) => BitConverter.Int32BitsToSingle(k % 2 == 0 ? pair << 16 : pair & unchecked((int)0xFFFF0000));
}
