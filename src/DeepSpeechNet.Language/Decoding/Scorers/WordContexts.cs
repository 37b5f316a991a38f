namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>
/// What a model over words knows of the words before, under counted handles: all prefixes within the same word share the context
/// before it.
/// </summary>
internal abstract class WordContexts
{
    /// <summary>The number of the unknown word.</summary>
    public abstract int Unknown { get; }

    /// <summary>The number of the end of a sentence.</summary>
    public abstract int End { get; }

    /// <summary>Forgets all contexts and gives that of the start of a sentence, with one reference.</summary>
    public abstract int Begin();

    /// <summary>The natural log-probability of a word after a context.</summary>
    public abstract float Score(int context, int word);

    /// <summary>The natural log-probability of a word whatever comes before, for partial words.</summary>
    public abstract float Unigram(int word);

    /// <summary>The contexts after one more word each, with one reference each; the old ones stay.</summary>
    public abstract void Extend(ReadOnlySpan<int> contexts, ReadOnlySpan<int> words, Span<int> extended);

    /// <summary>Counts one more prefix that has the context.</summary>
    public abstract void AddReference(int context);

    /// <summary>Counts one prefix less.</summary>
    public abstract void Release(int context);
}
