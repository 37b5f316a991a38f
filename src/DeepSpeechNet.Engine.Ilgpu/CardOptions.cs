namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>How a card is used.</summary>
public sealed record CardOptions
{
    /// <summary>How the factors of matrix products are treated.</summary>
    public ProductPrecision Precision { get; init; }

    /// <summary>
    /// Whether large products go to the vendor's library (cuBLAS) where it can be loaded. Without it our own kernel makes them: slower, with the same bits in every run and whatever the other extents are.
    /// </summary>
    public bool VendorLibrary { get; init; } = true;
}
