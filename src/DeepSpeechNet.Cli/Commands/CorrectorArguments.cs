using System.CommandLine;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>The corrector and its language model on a command line.</summary>
internal sealed class CorrectorArguments
{
    private const string NGramTensor = "language.ngram";

    private readonly Option<string?> _model = new("--model", "-m") { Description = "The corrector's package; default: models/spelling." };
    private readonly Option<string?> _language = new("--language-model") { Description = "The language model over words: an ARPA file, a binary one, or a package with one. Default: models/language." };
    private readonly Option<bool> _noLanguage = new("--no-language-model") { Description = "Go by the frequency of words alone." };
    private readonly Option<string?> _hotWords = new("--hot-words") { Description = "A file of phrases to expect, a line each: the phrase, a tab, and what it adds to the score (natural logarithm; 8 is much)." };
    private readonly Option<int?> _beam = new("--beam") { Description = "Hypotheses kept at each letter." };
    private readonly Option<float?> _weight = new("--language-weight") { Description = "The weight of the language model." };
    private readonly Option<float?> _penalty = new("--edit-penalty") { Description = "What each edit costs on top: the higher, the more is left alone." };
    private readonly Option<float?> _singleWeight = new("--single-weight") { Description = "The weight of the word's frequency where a word stands alone." };
    private readonly Option<float?> _singlePenalty = new("--single-penalty") { Description = "What each edit costs on top where a word stands alone." };
    private readonly Option<float?> _bonus = new("--word-bonus") { Description = "Added for each word." };
    private readonly Option<float?> _novel = new("--novel-share") { Description = "The share of unknown words that no list holds: the higher, the more names stay as they are." };
    private readonly Option<float?> _threshold = new("--threshold") { Description = "Hypotheses so much worse than the best are dropped." };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_model, _language, _noLanguage, _hotWords, _beam, _weight, _penalty, _singleWeight, _singlePenalty, _bonus, _novel, _threshold])
            command.Add(option);
    }

    /// <summary>The language model asked for, null for none.</summary>
    /// <exception cref="FileNotFoundException">There is none where it was looked for.</exception>
    public NGramModel? LanguageModel(ParseResult parsed)
    {
        if (parsed.GetValue(_noLanguage))
        {
            return parsed.GetValue(_language) is null ? null
                : throw new UsageException("--language-model names a language model and --no-language-model wants none: give one of the two.");
        }

        string path = parsed.GetValue(_language) ?? Path.Combine(ModelArguments.Folder, "language");
        if (File.Exists(path) && !path.EndsWith(".safetensors", StringComparison.Ordinal))
            return NGramModel.Load(path);
        string file = !Directory.Exists(path) ? path
            : Array.Find((string[])["language.safetensors", "model.safetensors"], name => File.Exists(Path.Combine(path, name))) is { } name ? Path.Combine(path, name) : Path.Combine(path, "language.safetensors");
        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no language model at '{path}': name one with --language-model, or go by the frequency of words alone with --no-language-model.", path);
        using TensorFile tensors = TensorFile.Read(file);
        if (!tensors.TryGet(NGramTensor, out _))
            throw new ModelFormatException(file, $"tensor '{NGramTensor}'", "is missing: the package holds no n-gram language model; name one with --language-model");
        return NGramModel.FromBytes(tensors.Bytes(NGramTensor), file);
    }

    /// <summary>Makes the corrector.</summary>
    public SpellingCorrector Load(ParseResult parsed, NGramModel? language, int alternatives, Action<string> warn)
    {
        CorrectionPackage package = CorrectionPackage.Load(parsed.GetValue(_model) ?? Path.Combine(ModelArguments.Folder, "spelling"));
        CorrectionOptions set = package.Options;
        CorrectionOptions options = set with
        {
            Alternatives = alternatives,
            BeamWidth = parsed.GetValue(_beam) ?? set.BeamWidth,
            LanguageWeight = parsed.GetValue(_weight) ?? set.LanguageWeight,
            EditPenalty = parsed.GetValue(_penalty) ?? set.EditPenalty,
            SingleWordWeight = parsed.GetValue(_singleWeight) ?? set.SingleWordWeight,
            SingleWordEditPenalty = parsed.GetValue(_singlePenalty) ?? set.SingleWordEditPenalty,
            WordBonus = parsed.GetValue(_bonus) ?? set.WordBonus,
            NovelWordShare = parsed.GetValue(_novel) ?? set.NovelWordShare,
            Threshold = parsed.GetValue(_threshold) ?? set.Threshold,
        };
        UsageException.Check(options.Validate);
        return new SpellingCorrector(package.Channel, package.Words, language, options, parsed.GetValue(_hotWords) is { } hot ? new HotWordFile(hot, Alphabet.English, warn) : null);
    }
}
