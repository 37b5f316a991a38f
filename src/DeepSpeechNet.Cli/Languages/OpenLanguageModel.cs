using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Generation;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Cli.Languages;

/// <summary>A language model of either kind, opened by its path.</summary>
internal sealed class OpenLanguageModel : IDisposable
{
    private const int Streams = 20;
    private readonly CpuDevice? _device;
    private readonly NeuralLanguageModel? _neural;
    private readonly LanguageTokens? _tokens;
    private readonly NGramModel? _nGrams;

    private OpenLanguageModel(CpuDevice device, NeuralLanguageModel neural, LanguageTokens tokens)
    {
        _device = device;
        _neural = neural;
        _tokens = tokens;
    }

    private OpenLanguageModel(NGramModel nGrams) => _nGrams = nGrams;

    /// <summary>Opens a folder with a neural model, a file of one, or an n-gram model.</summary>
    public static OpenLanguageModel Open(string path, int threads)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, LanguageModelPackage.FileName) : path;
        if (!file.EndsWith(".safetensors", StringComparison.Ordinal))
            return new OpenLanguageModel(NGramModel.Load(file));
        CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
        try
        {
            (NeuralLanguageModel model, LanguageModelDescription description) = LanguageModelPackage.Load(path, device);
            return new OpenLanguageModel(device, model, description.Tokens);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>The sentences of text files; empty lines are passed over.</summary>
    public static string[] Sentences(IReadOnlyList<string> paths, int most)
    {
        List<string> sentences = [];
        foreach (string line in TokenText.Lines(paths))
        {
            if (most > 0 && sentences.Count == most)
                break;
            sentences.Add(line);
        }

        return sentences.Count > 0 ? [.. sentences] : throw new LanguageTextException($"There is no text in {string.Join(", ", paths)}: give files with a sentence a line.");
    }

    /// <summary>The model, to be asked symbol by symbol.</summary>
    public SymbolPredictor Predictor() => _neural is not null ? new NeuralPredictor(_neural, _tokens!) : new NGramPredictor(_nGrams!);

    /// <summary>The log probability of each symbol of the sentences, their ends included.</summary>
    public float[] LogProbabilities(IReadOnlyList<string> sentences, bool apart, CancellationToken cancellationToken)
    {
        if (_nGrams is not null)
            return OfNGrams(sentences);
        TokenText text = TokenText.Of(_tokens!, sentences);
        return apart ? new SentenceLikelihood(_neural!).Run(text, cancellationToken) : new TextLikelihood(_neural!).Each(text, Streams, cancellationToken);
    }

    public void Dispose()
    {
        _device?.Dispose();
        _nGrams?.Dispose();
    }

    private float[] OfNGrams(IReadOnlyList<string> sentences)
    {
        List<float> scores = [];
        foreach (string sentence in sentences)
        {
            NGramState state = _nGrams!.Begin;
            foreach (int token in _nGrams.Vocabulary.Encode(sentence))
                scores.Add(_nGrams.Score(state, token, out state));
            scores.Add(_nGrams.Score(state, Vocabulary.End, out _));
        }

        return [.. scores];
    }
}
