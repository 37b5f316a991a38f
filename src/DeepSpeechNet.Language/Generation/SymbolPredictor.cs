using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Generation;

/// <summary>A language model of any kind, seen as what it is: it reads symbols one after the other and says how likely each is to come next. For one thread.</summary>
public abstract class SymbolPredictor : IDisposable
{
    /// <summary>How many symbols there are.</summary>
    public abstract int Count { get; }

    /// <summary>The symbol that ends a sentence.</summary>
    public abstract int End { get; }

    /// <summary>Begins a sentence.</summary>
    public abstract void Begin();

    /// <summary>Reads a symbol.</summary>
    public abstract void Read(int symbol);

    /// <summary>The probabilities of the next symbol.</summary>
    /// <param name="logProbabilities">Gets natural logarithms, [<see cref="Count"/>]; minus infinity for what never comes next.</param>
    public abstract void Predict(Span<float> logProbabilities);

    /// <summary>The numbers of a sentence's symbols, without its end.</summary>
    public abstract void Encode(string sentence, List<int> symbols);

    /// <summary>The text of symbols.</summary>
    public abstract string Decode(ReadOnlySpan<int> symbols);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>A neural language model as a <see cref="SymbolPredictor"/>.</summary>
public sealed class NeuralPredictor : SymbolPredictor
{
    private readonly LanguageStepper _stepper;
    private readonly LanguageTokens _tokens;
    private readonly int[] _state = new int[1];
    private readonly int[] _next = new int[1];

    /// <summary>Over a model and what its symbols are.</summary>
    public NeuralPredictor(NeuralLanguageModel model, LanguageTokens tokens)
    {
        _stepper = new LanguageStepper(model);
        _tokens = tokens;
        _state[0] = _stepper.BeginState;
    }

    /// <inheritdoc/>
    public override int Count => _stepper.TokenCount;

    /// <inheritdoc/>
    public override int End => _stepper.EndToken;

    /// <inheritdoc/>
    public override void Begin()
    {
        _stepper.Clear();
        _state[0] = _stepper.BeginState;
    }

    /// <inheritdoc/>
    public override void Read(int symbol)
    {
        _stepper.Advance(_state, [symbol], _next);
        _stepper.Release(_state[0]);
        _state[0] = _next[0];
    }

    /// <inheritdoc/>
    public override void Predict(Span<float> logProbabilities) => _stepper.Probabilities(_state, logProbabilities);

    /// <inheritdoc/>
    public override void Encode(string sentence, List<int> symbols) => _tokens.Encode(sentence, symbols);

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> symbols) => _tokens.Decode(symbols);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stepper.Dispose();
        base.Dispose();
    }
}

/// <summary>An n-gram model as a <see cref="SymbolPredictor"/>.</summary>
public sealed class NGramPredictor : SymbolPredictor
{
    private readonly NGramModel _model;
    private NGramState _state;

    /// <summary>Over a model, which stays the caller's.</summary>
    public NGramPredictor(NGramModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _state = model.Begin;
    }

    /// <inheritdoc/>
    public override int Count => _model.Vocabulary.Count;

    /// <inheritdoc/>
    public override int End => Vocabulary.End;

    /// <inheritdoc/>
    public override void Begin() => _state = _model.Begin;

    /// <inheritdoc/>
    public override void Read(int symbol) => _model.Score(_state, symbol, out _state);

    /// <inheritdoc/>
    public override void Predict(Span<float> logProbabilities)
    {
        for (int symbol = 0; symbol < Count; symbol++)
            logProbabilities[symbol] = symbol == Vocabulary.Start ? float.NegativeInfinity : _model.Score(_state, symbol, out _);
    }

    /// <inheritdoc/>
    public override void Encode(string sentence, List<int> symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        symbols.AddRange(_model.Vocabulary.Encode(sentence));
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> symbols)
    {
        System.Text.StringBuilder text = new();
        foreach (int symbol in symbols)
        {
            bool characters = _model.Vocabulary.HasCharacters;
            if (symbol == End)
                text.Append('\n');
            else if (characters)
                text.Append(symbol == _model.Vocabulary.Space ? " " : _model.Vocabulary[symbol]);
            else
                text.Append(text.Length > 0 && text[^1] != '\n' ? " " : "").Append(_model.Vocabulary[symbol]);
        }

        return text.ToString();
    }
}
