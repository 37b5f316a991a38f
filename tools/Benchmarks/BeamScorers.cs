using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Packages;

namespace DeepSpeechNet.Benchmarks;

/// <summary>The language models that the beam benchmark is told to use.</summary>
internal sealed class BeamScorers : IDisposable
{
    private readonly List<(string Name, IScorer? Scorer)> _scorers = [];
    private readonly List<IDisposable> _owned = [];

    /// <summary>Loads them.</summary>
    public static BeamScorers Of(Arguments arguments)
    {
        BeamScorers scorers = new();
        if (!arguments.Has("--only-models")) scorers._scorers.Add(("", null));
        ScorerOptions options = new() { Weight = double.Parse(arguments.Text("--alpha", "0.75")), WordBonus = double.Parse(arguments.Text("--beta", "1.85")) };
        if (arguments.Text("--ngram", "") is { Length: > 0 } words)
        {
            NGramModel model = scorers.Own(NGramModel.Load(words));
            scorers._scorers.Add(($"word {model.Order}-gram, ", new WordScorer(model, WordScorer.TrieOf(model, Alphabet.English), options)));
        }

        if (arguments.Text("--letters", "") is { Length: > 0 } letters)
        {
            NGramModel model = scorers.Own(NGramModel.Load(letters));
            scorers._scorers.Add(($"letter {model.Order}-gram, ", new CharacterNGramScorer(model, Alphabet.English, options)));
        }

        if (arguments.Text("--rnn", "") is { Length: > 0 } rnn)
        {
            NeuralSession session = scorers.Own(scorers.Own(LanguagePackage.Load(rnn)).OpenNeural());
            ScorerOptions weights = options with { Weight = double.Parse(arguments.Text("--rnn-weight", "0.75")) };
            int[] tokens = [.. Enumerable.Range(0, Alphabet.English.Size)];
            scorers._scorers.Add(session.Tokens is WordTokens neural
                ? ("word RNN, ", WordScorer.OfNeural(session.Stepper, neural.Vocabulary, Alphabet.English, weights))
                : ("character RNN, ", new CharacterNeuralScorer(session.Stepper, Alphabet.English, tokens, weights)));
        }

        return scorers;
    }

    /// <summary>No model first, then each.</summary>
    public IEnumerable<(string Name, IScorer? Scorer)> All() => _scorers;

    public void Dispose()
    {
        foreach (IDisposable owned in _owned) owned.Dispose();
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
