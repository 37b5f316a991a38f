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

    /// <summary>The environment variable that, set to 0, turns persistent kernels off where nothing else is said: for cards that they do not run on.</summary>
    internal const string PersistentRecurrenceVariable = "DSN_PERSISTENT_RECURRENCE";

    /// <summary>
    /// Whether a recurrence whose weights fit into the card's shared memory runs all its steps in one launch (persistent kernels: Diamos et al. 2016, "Persistent RNNs"). Results are the
    /// same bits either way.
    /// </summary>
    public bool PersistentRecurrence { get; init; } = Environment.GetEnvironmentVariable(PersistentRecurrenceVariable) != "0";

    /// <summary>Filled with what each kernel takes, which makes the device slower; none where nobody asks.</summary>
    public LaunchProfile? Profile { get; init; }
}
