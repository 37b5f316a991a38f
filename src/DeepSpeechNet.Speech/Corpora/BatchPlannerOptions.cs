namespace DeepSpeechNet.Speech.Corpora;

/// <summary>How clips are put into batches.</summary>
public sealed record BatchPlannerOptions
{
    /// <summary>Most clips in a batch. Default 16.</summary>
    public int MaximumUtterances { get; init; } = 16;

    /// <summary>Most frames in a batch, padding included: longest clip times clips. Default 16 x 1,700.</summary>
    public long MaximumFrames { get; init; } = 16 * 1_700;

    /// <summary>Most padding in a batch: padded frames / valid frames - 1. A clip that would bring a batch above it begins the
    /// next batch. Default 0.25; infinity for no limit.</summary>
    public double MaximumPaddingWaste { get; init; } = 0.25;

    /// <summary>How far clips of different length mix from epoch to epoch: lengths are multiplied by up to 1 plus or minus this
    /// before they are sorted. Default 0.1.</summary>
    public double LengthJitter { get; init; } = 0.1;

    /// <summary>SortaGrad (Amodei et al. 2016, section 3.2): the first epoch goes from the shortest to the longest clip.
    /// Default true.</summary>
    public bool ShortestFirst { get; init; } = true;

    /// <summary>Seed of the order. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (MaximumUtterances < 1) throw new ArgumentException($"MaximumUtterances is {MaximumUtterances}; it must be at least 1.");
        if (MaximumFrames < 1) throw new ArgumentException($"MaximumFrames is {MaximumFrames}; it must be at least 1.");
        if (!(MaximumPaddingWaste >= 0)) throw new ArgumentException($"MaximumPaddingWaste is {MaximumPaddingWaste}; it must be 0 or more.");
        if (LengthJitter is not (>= 0 and < 1)) throw new ArgumentException($"LengthJitter is {LengthJitter}; it must be from 0 to below 1.");
    }
}
