using ILGPU;
using ILGPU.Runtime.Cuda;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>A product and its factors in bfloat16, laid out as in the product, but without its offsets.</summary>
internal struct TensorCoreArguments
{
    public MatMulArguments Product;
    public ArrayView<ushort> A;
    public ArrayView<ushort> B;
}

/// <summary>
/// C = op(A) op(B), or C += op(A) op(B), on the tensor cores of NVIDIA's cards from Ampere on, for those without the vendor's library: of factors in bfloat16 (PTX ISA 7.0, mma.sync.m16n8k16) or
/// of floats rounded to 10 bits of fraction (m16n8k8, TF32). A group of <see cref="Lanes"/> lanes, eight warps, makes a tile of 128 x 128; each warp 64 x 32 of it, by 4 x 4 pieces of 16 x 8.
/// A place in shared memory holds 32 bits: two numbers in bfloat16 that follow each other along the depth, or one float; an instruction takes eight places of a row, four of them from each half.
/// The sums stay in registers that the instructions name themselves, since ILGPU hands on one result of an instruction only.
/// </summary>
internal static class TensorCoreKernels
{
    /// <summary>Lanes of a group: two warps down, four across.</summary>
    public const int Lanes = 256;

    /// <summary>Rows and columns of a tile.</summary>
    public const int Tile = 128;

    // Places along the depth. A row takes four more than it has, so that the eight rows that a warp reads lie in different banks.
    private const int Places = 16, Pitch = Places + 4;

    private const string Bf16 = "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 ", Tf32 = "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 ", Factors = ", {%0, %1, %2, %3}, {%4, %5}, ";

    /// <summary>Factors in bfloat16; one group a tile.</summary>
    [MeetsAtBarriers]
    public static void Product(TensorCoreArguments a)
    {
        ArrayView<uint> left = SharedMemory.Allocate<uint>(Tile * Pitch), right = SharedMemory.Allocate<uint>(Tile * Pitch);
        MatMulArguments p = a.Product;
        int up = Up(), across = Across();
        Start();
        for (int k0 = 0; k0 < p.Depth; k0 += 2 * Places)
        {
            Load(a.A, p.AStride, p.TransposeA == 0, Grid.IdxY * Tile, p.Rows, k0, p.Depth, left);
            Load(a.B, p.BStride, p.TransposeB != 0, Grid.IdxX * Tile, p.Columns, k0, p.Depth, right);
            Group.Barrier();
            for (int k = 0; k < Places; k += 8)
                MultiplyBf16(left, up + k, right, across + k);
            Group.Barrier();
        }

        End(p);
    }

    /// <summary>Floats, rounded on their way into shared memory; one group a tile.</summary>
    [MeetsAtBarriers]
    public static void ProductTf32(MatMulArguments p)
    {
        ArrayView<uint> left = SharedMemory.Allocate<uint>(Tile * Pitch), right = SharedMemory.Allocate<uint>(Tile * Pitch);
        int up = Up(), across = Across();
        Start();
        for (int k0 = 0; k0 < p.Depth; k0 += Places)
        {
            LoadTf32(p.A, p.AOffset, p.AStride, p.TransposeA == 0, Grid.IdxY * Tile, p.Rows, k0, p.Depth, left);
            LoadTf32(p.B, p.BOffset, p.BStride, p.TransposeB != 0, Grid.IdxX * Tile, p.Columns, k0, p.Depth, right);
            Group.Barrier();
            for (int k = 0; k < Places; k += 8)
                MultiplyTf32(left, up + k, right, across + k);
            Group.Barrier();
        }

        End(p);
    }

    /// <summary>The row of a tile that this lane's registers start from.</summary>
    private static int Row() => (Group.IdxX / 32 % 2 * 64) + (Group.IdxX % 32 / 4);

    /// <summary>Its column, less the lane's place among four.</summary>
    private static int Column() => Group.IdxX / 64 * 32;

    /// <summary>Where its first factors lie in the left piece.</summary>
    private static int Up() => (Row() * Pitch) + (Group.IdxX % 4);

    /// <summary>Where they lie in the right one.</summary>
    private static int Across() => ((Column() + (Group.IdxX % 32 / 4)) * Pitch) + (Group.IdxX % 4);

    /// <summary>Makes the registers of sums: four for each of 4 x 4 pieces.</summary>
    private static void Start()
    {
        CudaAsm.Emit(".reg .f32 sum<64>;");
        CudaAsm.Emit("mov.f32 sum0, 0f00000000; mov.f32 sum1, 0f00000000; mov.f32 sum2, 0f00000000; mov.f32 sum3, 0f00000000; mov.f32 sum4, 0f00000000; mov.f32 sum5, 0f00000000; mov.f32 sum6, 0f00000000; mov.f32 sum7, 0f00000000;");
        CudaAsm.Emit("mov.f32 sum8, 0f00000000; mov.f32 sum9, 0f00000000; mov.f32 sum10, 0f00000000; mov.f32 sum11, 0f00000000; mov.f32 sum12, 0f00000000; mov.f32 sum13, 0f00000000; mov.f32 sum14, 0f00000000; mov.f32 sum15, 0f00000000;");
        CudaAsm.Emit("mov.f32 sum16, 0f00000000; mov.f32 sum17, 0f00000000; mov.f32 sum18, 0f00000000; mov.f32 sum19, 0f00000000; mov.f32 sum20, 0f00000000; mov.f32 sum21, 0f00000000; mov.f32 sum22, 0f00000000; mov.f32 sum23, 0f00000000;");
        CudaAsm.Emit("mov.f32 sum24, 0f00000000; mov.f32 sum25, 0f00000000; mov.f32 sum26, 0f00000000; mov.f32 sum27, 0f00000000; mov.f32 sum28, 0f00000000; mov.f32 sum29, 0f00000000; mov.f32 sum30, 0f00000000; mov.f32 sum31, 0f00000000;");
        CudaAsm.Emit("mov.f32 sum32, 0f00000000; mov.f32 sum33, 0f00000000; mov.f32 sum34, 0f00000000; mov.f32 sum35, 0f00000000; mov.f32 sum36, 0f00000000; mov.f32 sum37, 0f00000000; mov.f32 sum38, 0f00000000; mov.f32 sum39, 0f00000000;");
        CudaAsm.Emit("mov.f32 sum40, 0f00000000; mov.f32 sum41, 0f00000000; mov.f32 sum42, 0f00000000; mov.f32 sum43, 0f00000000; mov.f32 sum44, 0f00000000; mov.f32 sum45, 0f00000000; mov.f32 sum46, 0f00000000; mov.f32 sum47, 0f00000000;");
        CudaAsm.Emit("mov.f32 sum48, 0f00000000; mov.f32 sum49, 0f00000000; mov.f32 sum50, 0f00000000; mov.f32 sum51, 0f00000000; mov.f32 sum52, 0f00000000; mov.f32 sum53, 0f00000000; mov.f32 sum54, 0f00000000; mov.f32 sum55, 0f00000000;");
        CudaAsm.Emit("mov.f32 sum56, 0f00000000; mov.f32 sum57, 0f00000000; mov.f32 sum58, 0f00000000; mov.f32 sum59, 0f00000000; mov.f32 sum60, 0f00000000; mov.f32 sum61, 0f00000000; mov.f32 sum62, 0f00000000; mov.f32 sum63, 0f00000000;");
    }

    /// <summary>16 products of 16 x 16 by 16 x 8.</summary>
    private static void MultiplyBf16(ArrayView<uint> left, int l, ArrayView<uint> right, int r)
    {
        uint b0 = right[r], c0 = right[r + 4], b1 = right[r + (8 * Pitch)], c1 = right[r + (8 * Pitch) + 4];
        uint b2 = right[r + (16 * Pitch)], c2 = right[r + (16 * Pitch) + 4], b3 = right[r + (24 * Pitch)], c3 = right[r + (24 * Pitch) + 4];
        uint w0 = left[l], x0 = left[l + (8 * Pitch)], y0 = left[l + 4], z0 = left[l + (8 * Pitch) + 4];
        CudaAsm.Emit(Bf16 + "{sum0, sum1, sum2, sum3}" + Factors + "{sum0, sum1, sum2, sum3};", w0, x0, y0, z0, b0, c0);
        CudaAsm.Emit(Bf16 + "{sum4, sum5, sum6, sum7}" + Factors + "{sum4, sum5, sum6, sum7};", w0, x0, y0, z0, b1, c1);
        CudaAsm.Emit(Bf16 + "{sum8, sum9, sum10, sum11}" + Factors + "{sum8, sum9, sum10, sum11};", w0, x0, y0, z0, b2, c2);
        CudaAsm.Emit(Bf16 + "{sum12, sum13, sum14, sum15}" + Factors + "{sum12, sum13, sum14, sum15};", w0, x0, y0, z0, b3, c3);
        uint w1 = left[l + (16 * Pitch)], x1 = left[l + (24 * Pitch)], y1 = left[l + (16 * Pitch) + 4], z1 = left[l + (24 * Pitch) + 4];
        CudaAsm.Emit(Bf16 + "{sum16, sum17, sum18, sum19}" + Factors + "{sum16, sum17, sum18, sum19};", w1, x1, y1, z1, b0, c0);
        CudaAsm.Emit(Bf16 + "{sum20, sum21, sum22, sum23}" + Factors + "{sum20, sum21, sum22, sum23};", w1, x1, y1, z1, b1, c1);
        CudaAsm.Emit(Bf16 + "{sum24, sum25, sum26, sum27}" + Factors + "{sum24, sum25, sum26, sum27};", w1, x1, y1, z1, b2, c2);
        CudaAsm.Emit(Bf16 + "{sum28, sum29, sum30, sum31}" + Factors + "{sum28, sum29, sum30, sum31};", w1, x1, y1, z1, b3, c3);
        uint w2 = left[l + (32 * Pitch)], x2 = left[l + (40 * Pitch)], y2 = left[l + (32 * Pitch) + 4], z2 = left[l + (40 * Pitch) + 4];
        CudaAsm.Emit(Bf16 + "{sum32, sum33, sum34, sum35}" + Factors + "{sum32, sum33, sum34, sum35};", w2, x2, y2, z2, b0, c0);
        CudaAsm.Emit(Bf16 + "{sum36, sum37, sum38, sum39}" + Factors + "{sum36, sum37, sum38, sum39};", w2, x2, y2, z2, b1, c1);
        CudaAsm.Emit(Bf16 + "{sum40, sum41, sum42, sum43}" + Factors + "{sum40, sum41, sum42, sum43};", w2, x2, y2, z2, b2, c2);
        CudaAsm.Emit(Bf16 + "{sum44, sum45, sum46, sum47}" + Factors + "{sum44, sum45, sum46, sum47};", w2, x2, y2, z2, b3, c3);
        uint w3 = left[l + (48 * Pitch)], x3 = left[l + (56 * Pitch)], y3 = left[l + (48 * Pitch) + 4], z3 = left[l + (56 * Pitch) + 4];
        CudaAsm.Emit(Bf16 + "{sum48, sum49, sum50, sum51}" + Factors + "{sum48, sum49, sum50, sum51};", w3, x3, y3, z3, b0, c0);
        CudaAsm.Emit(Bf16 + "{sum52, sum53, sum54, sum55}" + Factors + "{sum52, sum53, sum54, sum55};", w3, x3, y3, z3, b1, c1);
        CudaAsm.Emit(Bf16 + "{sum56, sum57, sum58, sum59}" + Factors + "{sum56, sum57, sum58, sum59};", w3, x3, y3, z3, b2, c2);
        CudaAsm.Emit(Bf16 + "{sum60, sum61, sum62, sum63}" + Factors + "{sum60, sum61, sum62, sum63};", w3, x3, y3, z3, b3, c3);
    }

    /// <summary>16 products of 16 x 8 by 8 x 8.</summary>
    private static void MultiplyTf32(ArrayView<uint> left, int l, ArrayView<uint> right, int r)
    {
        uint b0 = right[r], c0 = right[r + 4], b1 = right[r + (8 * Pitch)], c1 = right[r + (8 * Pitch) + 4];
        uint b2 = right[r + (16 * Pitch)], c2 = right[r + (16 * Pitch) + 4], b3 = right[r + (24 * Pitch)], c3 = right[r + (24 * Pitch) + 4];
        uint w0 = left[l], x0 = left[l + (8 * Pitch)], y0 = left[l + 4], z0 = left[l + (8 * Pitch) + 4];
        CudaAsm.Emit(Tf32 + "{sum0, sum1, sum2, sum3}" + Factors + "{sum0, sum1, sum2, sum3};", w0, x0, y0, z0, b0, c0);
        CudaAsm.Emit(Tf32 + "{sum4, sum5, sum6, sum7}" + Factors + "{sum4, sum5, sum6, sum7};", w0, x0, y0, z0, b1, c1);
        CudaAsm.Emit(Tf32 + "{sum8, sum9, sum10, sum11}" + Factors + "{sum8, sum9, sum10, sum11};", w0, x0, y0, z0, b2, c2);
        CudaAsm.Emit(Tf32 + "{sum12, sum13, sum14, sum15}" + Factors + "{sum12, sum13, sum14, sum15};", w0, x0, y0, z0, b3, c3);
        uint w1 = left[l + (16 * Pitch)], x1 = left[l + (24 * Pitch)], y1 = left[l + (16 * Pitch) + 4], z1 = left[l + (24 * Pitch) + 4];
        CudaAsm.Emit(Tf32 + "{sum16, sum17, sum18, sum19}" + Factors + "{sum16, sum17, sum18, sum19};", w1, x1, y1, z1, b0, c0);
        CudaAsm.Emit(Tf32 + "{sum20, sum21, sum22, sum23}" + Factors + "{sum20, sum21, sum22, sum23};", w1, x1, y1, z1, b1, c1);
        CudaAsm.Emit(Tf32 + "{sum24, sum25, sum26, sum27}" + Factors + "{sum24, sum25, sum26, sum27};", w1, x1, y1, z1, b2, c2);
        CudaAsm.Emit(Tf32 + "{sum28, sum29, sum30, sum31}" + Factors + "{sum28, sum29, sum30, sum31};", w1, x1, y1, z1, b3, c3);
        uint w2 = left[l + (32 * Pitch)], x2 = left[l + (40 * Pitch)], y2 = left[l + (32 * Pitch) + 4], z2 = left[l + (40 * Pitch) + 4];
        CudaAsm.Emit(Tf32 + "{sum32, sum33, sum34, sum35}" + Factors + "{sum32, sum33, sum34, sum35};", w2, x2, y2, z2, b0, c0);
        CudaAsm.Emit(Tf32 + "{sum36, sum37, sum38, sum39}" + Factors + "{sum36, sum37, sum38, sum39};", w2, x2, y2, z2, b1, c1);
        CudaAsm.Emit(Tf32 + "{sum40, sum41, sum42, sum43}" + Factors + "{sum40, sum41, sum42, sum43};", w2, x2, y2, z2, b2, c2);
        CudaAsm.Emit(Tf32 + "{sum44, sum45, sum46, sum47}" + Factors + "{sum44, sum45, sum46, sum47};", w2, x2, y2, z2, b3, c3);
        uint w3 = left[l + (48 * Pitch)], x3 = left[l + (56 * Pitch)], y3 = left[l + (48 * Pitch) + 4], z3 = left[l + (56 * Pitch) + 4];
        CudaAsm.Emit(Tf32 + "{sum48, sum49, sum50, sum51}" + Factors + "{sum48, sum49, sum50, sum51};", w3, x3, y3, z3, b0, c0);
        CudaAsm.Emit(Tf32 + "{sum52, sum53, sum54, sum55}" + Factors + "{sum52, sum53, sum54, sum55};", w3, x3, y3, z3, b1, c1);
        CudaAsm.Emit(Tf32 + "{sum56, sum57, sum58, sum59}" + Factors + "{sum56, sum57, sum58, sum59};", w3, x3, y3, z3, b2, c2);
        CudaAsm.Emit(Tf32 + "{sum60, sum61, sum62, sum63}" + Factors + "{sum60, sum61, sum62, sum63};", w3, x3, y3, z3, b3, c3);
    }

    /// <summary>Writes the sums.</summary>
    private static void End(MatMulArguments p)
    {
        int row = (Grid.IdxY * Tile) + Row(), column = (Grid.IdxX * Tile) + Column() + (Group.IdxX % 4 * 2);
        CudaAsm.Emit("mov.b64 %0, {sum0, sum1};", out ulong pair0);
        Store(p, row, column, pair0);
        CudaAsm.Emit("mov.b64 %0, {sum2, sum3};", out ulong pair1);
        Store(p, row + 8, column, pair1);
        CudaAsm.Emit("mov.b64 %0, {sum4, sum5};", out ulong pair2);
        Store(p, row, column + 8, pair2);
        CudaAsm.Emit("mov.b64 %0, {sum6, sum7};", out ulong pair3);
        Store(p, row + 8, column + 8, pair3);
        CudaAsm.Emit("mov.b64 %0, {sum8, sum9};", out ulong pair4);
        Store(p, row, column + 16, pair4);
        CudaAsm.Emit("mov.b64 %0, {sum10, sum11};", out ulong pair5);
        Store(p, row + 8, column + 16, pair5);
        CudaAsm.Emit("mov.b64 %0, {sum12, sum13};", out ulong pair6);
        Store(p, row, column + 24, pair6);
        CudaAsm.Emit("mov.b64 %0, {sum14, sum15};", out ulong pair7);
        Store(p, row + 8, column + 24, pair7);
        CudaAsm.Emit("mov.b64 %0, {sum16, sum17};", out ulong pair8);
        Store(p, row + 16, column, pair8);
        CudaAsm.Emit("mov.b64 %0, {sum18, sum19};", out ulong pair9);
        Store(p, row + 24, column, pair9);
        CudaAsm.Emit("mov.b64 %0, {sum20, sum21};", out ulong pair10);
        Store(p, row + 16, column + 8, pair10);
        CudaAsm.Emit("mov.b64 %0, {sum22, sum23};", out ulong pair11);
        Store(p, row + 24, column + 8, pair11);
        CudaAsm.Emit("mov.b64 %0, {sum24, sum25};", out ulong pair12);
        Store(p, row + 16, column + 16, pair12);
        CudaAsm.Emit("mov.b64 %0, {sum26, sum27};", out ulong pair13);
        Store(p, row + 24, column + 16, pair13);
        CudaAsm.Emit("mov.b64 %0, {sum28, sum29};", out ulong pair14);
        Store(p, row + 16, column + 24, pair14);
        CudaAsm.Emit("mov.b64 %0, {sum30, sum31};", out ulong pair15);
        Store(p, row + 24, column + 24, pair15);
        CudaAsm.Emit("mov.b64 %0, {sum32, sum33};", out ulong pair16);
        Store(p, row + 32, column, pair16);
        CudaAsm.Emit("mov.b64 %0, {sum34, sum35};", out ulong pair17);
        Store(p, row + 40, column, pair17);
        CudaAsm.Emit("mov.b64 %0, {sum36, sum37};", out ulong pair18);
        Store(p, row + 32, column + 8, pair18);
        CudaAsm.Emit("mov.b64 %0, {sum38, sum39};", out ulong pair19);
        Store(p, row + 40, column + 8, pair19);
        CudaAsm.Emit("mov.b64 %0, {sum40, sum41};", out ulong pair20);
        Store(p, row + 32, column + 16, pair20);
        CudaAsm.Emit("mov.b64 %0, {sum42, sum43};", out ulong pair21);
        Store(p, row + 40, column + 16, pair21);
        CudaAsm.Emit("mov.b64 %0, {sum44, sum45};", out ulong pair22);
        Store(p, row + 32, column + 24, pair22);
        CudaAsm.Emit("mov.b64 %0, {sum46, sum47};", out ulong pair23);
        Store(p, row + 40, column + 24, pair23);
        CudaAsm.Emit("mov.b64 %0, {sum48, sum49};", out ulong pair24);
        Store(p, row + 48, column, pair24);
        CudaAsm.Emit("mov.b64 %0, {sum50, sum51};", out ulong pair25);
        Store(p, row + 56, column, pair25);
        CudaAsm.Emit("mov.b64 %0, {sum52, sum53};", out ulong pair26);
        Store(p, row + 48, column + 8, pair26);
        CudaAsm.Emit("mov.b64 %0, {sum54, sum55};", out ulong pair27);
        Store(p, row + 56, column + 8, pair27);
        CudaAsm.Emit("mov.b64 %0, {sum56, sum57};", out ulong pair28);
        Store(p, row + 48, column + 16, pair28);
        CudaAsm.Emit("mov.b64 %0, {sum58, sum59};", out ulong pair29);
        Store(p, row + 56, column + 16, pair29);
        CudaAsm.Emit("mov.b64 %0, {sum60, sum61};", out ulong pair30);
        Store(p, row + 48, column + 24, pair30);
        CudaAsm.Emit("mov.b64 %0, {sum62, sum63};", out ulong pair31);
        Store(p, row + 56, column + 24, pair31);
    }

    /// <summary>A piece of a factor, [tile, places], zeros outside of it; the number with the lower index is the lower half of a pair.</summary>
    private static void Load(ArrayView<ushort> source, int stride, bool depthLiesTogether, int first, int count, int k0, int depth, ArrayView<uint> target)
    {
        int next = depthLiesTogether ? 1 : stride;
        for (int e = Group.IdxX; e < Tile * Places; e += Lanes)
        {
            int i = depthLiesTogether ? e / Places : e % Tile, pair = depthLiesTogether ? e % Places : e / Tile, k = k0 + (2 * pair);
            int at = depthLiesTogether ? ((first + i) * stride) + k : (k * stride) + first + i;
            uint low = 0, high = 0;
            if (first + i < count && k < depth)
                low = source[at];
            if (first + i < count && k + 1 < depth)
                high = source[at + next];
            target[(i * Pitch) + pair] = low | (high << 16);
        }
    }

    /// <summary>The same of floats, each rounded to the nearest with 10 bits of fraction, of two equally near ones away from zero.</summary>
    private static void LoadTf32(ArrayView<float> source, int offset, int stride, bool depthLiesTogether, int first, int count, int k0, int depth, ArrayView<uint> target)
    {
        for (int e = Group.IdxX; e < Tile * Places; e += Lanes)
        {
            int i = depthLiesTogether ? e / Places : e % Tile, place = depthLiesTogether ? e % Places : e / Tile, k = k0 + place;
            int at = depthLiesTogether ? ((first + i) * stride) + k : (k * stride) + first + i;
            float value = first + i < count && k < depth ? source[offset + at] : 0;
            target[(i * Pitch) + place] = KernelMath.ToTf32(value);
        }
    }

    private static void Store(MatMulArguments p, int row, int column, ulong pair)
    {
        Store(p, row, column, Interop.IntAsFloat((uint)pair));
        Store(p, row, column + 1, Interop.IntAsFloat((uint)(pair >> 32)));
    }

    private static void Store(MatMulArguments p, int row, int column, float sum)
    {
        if (row >= p.Rows || column >= p.Columns)
            return;
        int at = p.COffset + (row * p.CStride) + column;
        p.C[at] = p.Accumulate != 0 ? p.C[at] + sum : sum;
    }
}
