using System.CommandLine;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Language.Packages;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>The corrector and its language model on a command line.</summary>
internal sealed class CorrectorArguments
{
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The corrector's package; default: models/spelling." };
    private readonly Option<string?> _language = new("--language-model") { Description = "The language model over words: an ARPA file, a binary one, or a package with one and perhaps a neural one. Default: models/language." };
    private readonly Option<bool> _noLanguage = new("--no-language-model") { Description = "Go by the frequency of words alone." };
    private readonly Option<string?> _hotWords = new("--hot-words") { Description = "A file of phrases to expect, a line each: the phrase, a tab, and what it adds to the score (natural logarithm; 8 is much). It is read again when it changes." };
    private readonly Option<int?> _beam = new("--beam") { Description = "Hypotheses kept at each letter." };
    private readonly Option<float?> _weight = new("--language-weight") { Description = "The weight of the language model." };
    private readonly Option<float?> _penalty = new("--edit-penalty") { Description = "What each edit costs on top: the higher, the more is left alone." };
    private readonly Option<float?> _wordPenalty = new("--word-penalty") { Description = "What each word that is edited costs on top, whatever the number of its edits." };
    private readonly Option<float?> _rnnWeight = new("--rnn-weight") { Description = "Weight of the neural language model, where the package has one, in a second pass over the best texts; 0 leaves it out." };
    private readonly Option<float?> _singleWeight = new("--single-weight") { Description = "The weight of the word's frequency where a word stands alone." };
    private readonly Option<float?> _singlePenalty = new("--single-penalty") { Description = "What each edit costs on top where a word stands alone." };
    private readonly Option<float?> _bonus = new("--word-bonus") { Description = "Added for each word." };
    private readonly Option<float?> _novel = new("--novel-share") { Description = "The share of unknown words that no list holds: the higher, the more names stay as they are." };
    private readonly Option<float?> _threshold = new("--threshold") { Description = "Hypotheses so much worse than the best are dropped." };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_model, _language, _noLanguage, _hotWords, _beam, _weight, _penalty, _wordPenalty, _rnnWeight, _singleWeight, _singlePenalty, _bonus, _novel, _threshold])
            command.Add(option);
    }

    /// <summary>The language models asked for, null for none.</summary>
    /// <exception cref="FileNotFoundException">There is none where it was looked for.</exception>
    /// <exception cref="ModelFormatException">They are damaged, or of characters alone.</exception>
    public LanguagePackage? Language(ParseResult parsed)
    {
        if (parsed.GetValue(_noLanguage))
        {
            return parsed.GetValue(_language) is null ? null
                : throw new UsageException("--language-model names a language model and --no-language-model wants none: give one of the two.");
        }

        string path = parsed.GetValue(_language) ?? Path.Combine(ModelArguments.Folder, "language");
        LanguagePackage language;
        try
        {
            language = LanguagePackage.Load(path);
        }
        catch (FileNotFoundException e)
        {
            throw new FileNotFoundException($"There is no language model at '{path}': name one with --language-model, or go by the frequency of words alone with --no-language-model.", path, e);
        }

        if (language.NGram is { Vocabulary.HasCharacters: false })
            return language;
        language.Dispose();
        throw new ModelFormatException(language.Name, "the file", "holds no n-gram language model over words; name one with --language-model");
    }

    /// <summary>Makes the corrector.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="language">The language models; null for none.</param>
    /// <param name="alternatives">How many texts are wanted.</param>
    /// <param name="warn">Is told of hot words that cannot be read again.</param>
    /// <param name="neural">The neural language model at work, which must live as long as the corrector; null where there is none.</param>
    public SpellingCorrector Load(ParseResult parsed, LanguagePackage? language, int alternatives, Action<string> warn, out NeuralSession? neural)
    {
        CorrectionPackage package = CorrectionPackage.Load(parsed.GetValue(_model) ?? Path.Combine(ModelArguments.Folder, "spelling"));
        CorrectionOptions set = package.Options;
        CorrectionOptions options = set with
        {
            Alternatives = alternatives,
            BeamWidth = parsed.GetValue(_beam) ?? set.BeamWidth,
            LanguageWeight = parsed.GetValue(_weight) ?? set.LanguageWeight,
            NeuralWeight = parsed.GetValue(_rnnWeight) ?? set.NeuralWeight,
            EditPenalty = parsed.GetValue(_penalty) ?? set.EditPenalty,
            WordPenalty = parsed.GetValue(_wordPenalty) ?? set.WordPenalty,
            SingleWordWeight = parsed.GetValue(_singleWeight) ?? set.SingleWordWeight,
            SingleWordEditPenalty = parsed.GetValue(_singlePenalty) ?? set.SingleWordEditPenalty,
            WordBonus = parsed.GetValue(_bonus) ?? set.WordBonus,
            NovelWordShare = parsed.GetValue(_novel) ?? set.NovelWordShare,
            Threshold = parsed.GetValue(_threshold) ?? set.Threshold,
        };
        UsageException.Check(options.Validate);
        IHotWords? hotWords = parsed.GetValue(_hotWords) is { } hot ? new HotWordFile(hot, Alphabet.English, warn) : null;
        neural = language is { HasNeural: true } && options.NeuralWeight > 0 ? language.OpenNeural() : null;
        try
        {
            return new SpellingCorrector(package.Channel, package.Words, language?.NGram, options, hotWords, neural);
        }
        catch (ArgumentException e)
        {
            neural?.Dispose();
            throw new UsageException(e.Message);
        }
    }
}
