using DeepSpeechNet.Engine.Ilgpu.Kernels;
using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Machines;

/// <summary>When and how products go to <see cref="TensorCoreKernels"/>.</summary>
internal static class TensorCores
{
    /// <summary>Tiles that keep a good part of a card busy: fewer are better made by more groups with smaller tiles.</summary>
    private const int FewestTiles = 8, FewestTerms = 64;

    /// <summary>Whether a small product comes out right on them.</summary>
    public static bool Work(Machine machine, ProductPrecision precision) =>
        ProductProbe.ComesOutRight(machine, precision, product => Multiply(machine, product), (product, a, b) => Multiply(machine, product, a, b));

    /// <summary>Whether a product is large enough.</summary>
    public static bool AreWorthIt(in MatMulArguments product) =>
        product.Depth >= FewestTerms && (long)(product.Rows / TensorCoreKernels.Tile) * (product.Columns / TensorCoreKernels.Tile) >= FewestTiles;

    /// <summary>Queues a product of floats, neither bias nor activation.</summary>
    public static void Multiply(Machine machine, in MatMulArguments product) => machine.Launch(TensorCoreKernels.ProductTf32, Tiles(product), new Extent(TensorCoreKernels.Lanes), product);

    /// <summary>The same in bfloat16; the factors are laid out as in it, but without its offsets.</summary>
    public static void Multiply(Machine machine, in MatMulArguments product, ArrayView<ushort> a, ArrayView<ushort> b) =>
        machine.Launch(TensorCoreKernels.Product, Tiles(product), new Extent(TensorCoreKernels.Lanes), new TensorCoreArguments { Product = product, A = a, B = b });

    private static Extent Tiles(in MatMulArguments product) =>
        new((product.Columns + TensorCoreKernels.Tile - 1) / TensorCoreKernels.Tile, (product.Rows + TensorCoreKernels.Tile - 1) / TensorCoreKernels.Tile);
}
