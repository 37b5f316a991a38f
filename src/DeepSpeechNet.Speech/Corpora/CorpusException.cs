namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// A manifest or a store of samples cannot be used. The message is one sentence for people: which file, which line, what is
/// wrong there, and what to do.
/// </summary>
public sealed class CorpusException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="file">The manifest or store.</param>
    /// <param name="line">Line of a manifest, counted from 1; 0 for the file as a whole.</param>
    /// <param name="problem">What is wrong and what to do, without the full stop.</param>
    /// <param name="inner">The exception behind it, if there is one.</param>
    public CorpusException(string file, int line, string problem, Exception? inner = null)
        : base(line > 0 ? $"{file}, line {line}: {problem}." : $"{file}: {problem}.", inner)
    {
        FileName = file;
        Line = line;
    }

    /// <summary>The manifest or store.</summary>
    public string FileName { get; }

    /// <summary>Line of a manifest, counted from 1; 0 for the file as a whole.</summary>
    public int Line { get; }
}
