namespace DeepSpeechNet.Language.NGrams;

/// <summary>A text is of no use for building or measuring a language model. The message is one sentence for people.</summary>
public sealed class LanguageTextException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong with the text and what to do.</param>
    /// <param name="inner">The exception behind it, if there is one.</param>
    public LanguageTextException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
