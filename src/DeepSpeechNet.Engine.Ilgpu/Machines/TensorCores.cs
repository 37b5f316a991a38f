using DeepSpeechNet.Engine.Ilgpu.Kernels;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>When and how products go to <see cref="TensorCoreKernels"/>.</summary>
internal static class TensorCores
{
    /// <summary>Tiles that keep a good part of a card busy: fewer are better made by more groups with smaller tiles.</summary>
    private const int FewestTiles = 8, FewestTerms = 64;

    /// <summary>Whether a product has bfloat16 factors and is large enough.</summary>
    public static bool AreWorthIt(in MatMulArguments product) =>
        product.RoundFactors != 0 && product.Depth >= FewestTerms && (long)(product.Rows / TensorCoreKernels.Tile) * (product.Columns / TensorCoreKernels.Tile) >= FewestTiles;

    /// <summary>Queues a product, neither bias nor activation; the factors are laid out as in it, but without its offsets.</summary>
    public static void Multiply(Machine machine, in MatMulArguments product, ArrayView<ushort> a, ArrayView<ushort> b)
    {
        Extent tiles = new((product.Columns + TensorCoreKernels.Tile - 1) / TensorCoreKernels.Tile, (product.Rows + TensorCoreKernels.Tile - 1) / TensorCoreKernels.Tile);
        machine.Launch(TensorCoreKernels.Product, tiles, new Extent(TensorCoreKernels.Lanes), new TensorCoreArguments { Product = product, A = a, B = b });
    }
}
