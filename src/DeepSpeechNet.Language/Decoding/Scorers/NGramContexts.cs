using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>Contexts of a word n-gram model: its states.</summary>
internal sealed class NGramContexts(NGramModel model) : WordContexts
{
    private readonly Slots<Context> _contexts = new();

    /// <inheritdoc/>
    public override int Unknown => Vocabulary.Unknown;

    /// <inheritdoc/>
    public override int End => Vocabulary.End;

    /// <summary>The contexts in use, for tests.</summary>
    internal int Count => _contexts.Count;

    /// <inheritdoc/>
    public override int Begin()
    {
        _contexts.Clear();
        return _contexts.Take(new Context { State = model.Begin, References = 1 });
    }

    /// <inheritdoc/>
    public override float Score(int context, int word) => model.Score(_contexts[context].State, word, out _);

    /// <inheritdoc/>
    public override float Unigram(int word) => model.Score(model.Empty, word, out _);

    /// <inheritdoc/>
    public override void Extend(ReadOnlySpan<int> contexts, ReadOnlySpan<int> words, Span<int> extended)
    {
        for (int i = 0; i < contexts.Length; i++)
        {
            model.Score(_contexts[contexts[i]].State, words[i], out NGramState next);
            extended[i] = _contexts.Take(new Context { State = next, References = 1 });
        }
    }

    /// <inheritdoc/>
    public override void AddReference(int context) => _contexts[context].References++;

    /// <inheritdoc/>
    public override void Release(int context)
    {
        if (--_contexts[context].References == 0) _contexts.Release(context);
    }

    private struct Context
    {
        public NGramState State;
        public int References;
    }
}
