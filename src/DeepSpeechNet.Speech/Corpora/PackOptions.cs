namespace DeepSpeechNet.Speech.Corpora;

/// <summary>How a corpus is packed.</summary>
public sealed record PackOptions
{
    /// <summary>Samples per second of the store. Default 16,000.</summary>
    public int SampleRate { get; init; } = 16_000;

    /// <summary>Which rows of the manifest are packed. Default all.</summary>
    public CorpusFilter Filter { get; init; } = new();

    /// <summary>Threads that decode. Default: one a processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        if (SampleRate is < 1000 or > 192_000) throw new ArgumentException($"SampleRate is {SampleRate}; it must be from 1,000 to 192,000.");
        if (Threads is < 1 or > 1024) throw new ArgumentException($"Threads is {Threads}; it must be from 1 to 1,024.");
        Filter.Validate();
    }
}

/// <summary>How far packing has come.</summary>
/// <param name="Done">Rows done, skipped ones included.</param>
/// <param name="Total">All rows to do.</param>
/// <param name="Seconds">Seconds of sound packed.</param>
public readonly record struct PackProgress(int Done, int Total, double Seconds);

/// <summary>What packing gave.</summary>
/// <param name="Clips">Clips in the store.</param>
/// <param name="Seconds">Seconds of sound in the store.</param>
/// <param name="Skipped">One sentence for each row that was left out because of a fault, in the order of the manifest; rows
/// whose file is missing come first.</param>
public sealed record PackResult(int Clips, double Seconds, IReadOnlyList<string> Skipped);
