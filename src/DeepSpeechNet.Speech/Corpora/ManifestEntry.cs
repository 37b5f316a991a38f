namespace DeepSpeechNet.Speech.Corpora;

/// <summary>One row of a manifest: a recording and what is said in it.</summary>
/// <param name="Path">The recording, as the manifest writes it.</param>
/// <param name="FullPath">The recording's full path; relative paths are relative to the manifest.</param>
/// <param name="Text">What is said.</param>
public sealed record ManifestEntry(string Path, string FullPath, string Text)
{
    /// <summary>Length in seconds, if the manifest gives it.</summary>
    public double? Duration { get; init; }

    /// <summary>Who speaks; empty if not given.</summary>
    public string Speaker { get; init; } = "";

    /// <summary>Collection that the recording belongs to; empty if not given.</summary>
    public string Corpus { get; init; } = "";

    /// <summary>Licence of the recording; empty if not given.</summary>
    public string Licence { get; init; } = "";

    /// <summary>Line of the manifest, counted from 1; 0 if it comes from no manifest.</summary>
    public int Line { get; init; }
}
