namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>
/// A model or checkpoint file is damaged, is none, or belongs to another version of this program. The message is one sentence
/// for people: which file, which byte or field, what is wrong there, and what to do.
/// </summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="file">Name of the file.</param>
    /// <param name="field">Byte, header field or tensor that is wrong, such as <c>tensor 'acoustic.h1.weight'</c>.</param>
    /// <param name="problem">What is wrong with it, and what to do; a sentence's end without the full stop.</param>
    /// <param name="inner">The exception behind it, if there is one.</param>
    public ModelFormatException(string file, string field, string problem, Exception? inner = null)
        : base($"{file}: {field} {problem}.", inner)
    {
        FileName = file;
        Field = field;
    }

    /// <summary>Name of the file.</summary>
    public string FileName { get; }

    /// <summary>Byte, header field or tensor that is wrong.</summary>
    public string Field { get; }
}
