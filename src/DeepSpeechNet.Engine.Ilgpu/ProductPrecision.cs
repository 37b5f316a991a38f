namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>How a card treats the factors of matrix products. Sums are of 32-bit floats always, and so are the products inside a step of a recurrence.</summary>
public enum ProductPrecision
{
    /// <summary>32-bit floats as they are.</summary>
    Float32,

    /// <summary>
    /// Factors may be rounded to 10 bits of fraction (TF32), which tensor cores multiply several times as fast: by NVIDIA's library or, where that is missing, in large products by our own kernel, both
    /// from Ampere on. Nothing else changes.
    /// </summary>
    TensorFloat32,

    /// <summary>
    /// Factors are rounded to bfloat16, 7 bits of fraction (D. Kalamkar et al. 2019, "A study of bfloat16 for deep learning training"): on tensor cores, by NVIDIA's library
    /// or in large products, from Ampere on, by our own kernel. Elsewhere the results are as coarse, and no faster.
    /// </summary>
    BFloat16,
}
