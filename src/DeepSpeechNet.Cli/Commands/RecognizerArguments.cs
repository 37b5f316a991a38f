using System.CommandLine;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.HotWords;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>The options of commands that recognise speech: which model, where it runs, how it decodes.</summary>
internal sealed class RecognizerArguments
{
    private readonly Option<string?> _model = new("--model", "-m") { Description = "A model package: a folder with model.safetensors, or the name of one of models/, commands say. Default: english." };
    private readonly DeviceArguments _device = new();
    private readonly Option<string?> _fourier = new("--fourier") { Description = "The front end's Fourier transform: built-in, or fftsharp in a build that has it. Default: built-in." };
    private readonly Option<int> _beam = new("--beam") { Description = "Hypotheses kept by the beam search; 1 takes the best path, 0 what the model says." };

    private readonly Option<string?> _language = new("--language-model") { Description = "A package of language models, or an n-gram model (ARPA or binary). Default: what the model names." };
    private readonly Option<bool> _noLanguage = new("--no-language-model") { Description = "Decode by the sound alone." };
    private readonly Option<string?> _hotWords = new("--hot-words") { Description = "A file of words and phrases to favour, 'phrase<TAB>weight' a line; it is read again when it changes." };
    private readonly Option<double?> _alpha = new("--alpha") { Description = "Weight of the n-gram model in the search; 0 leaves it out. Default: what the model says." };
    private readonly Option<double?> _beta = new("--beta") { Description = "Added to the score for each word, in nats. Default: what the model says." };
    private readonly Option<string?> _rnn = new("--rnn") { Description = "Where the neural language model takes part: off, beam (in the search) or rescoring (of its best readings). Default: what the model says." };
    private readonly Option<double?> _rnnWeight = new("--rnn-weight") { Description = "Weight of the neural language model; 0 leaves it out. Default: what the model says." };
    private readonly Option<double?> _phoneWeight = new("--phone-weight") { Description = "Weight of the spoken words' phones, where the model has phones and a pronouncer; 0 leaves them out. Default: what the model says." };
    private readonly Option<double?> _rnnShare = new("--rnn-share") { Description = "Share of the neural language model in its mixture with the n-gram model in a second pass, 0 to 1; 1 takes it alone. Default: what the model says." };
    private readonly Option<int?> _rescored = new("--rescored") { Description = "Readings that a second pass of the neural language model ranks anew. Default: what the model says." };

    public void AddTo(Command command)
    {
        _rnn.AcceptOnlyFromAmong("off", "beam", "rescoring");
        command.Add(_language);
        command.Add(_noLanguage);
        command.Add(_hotWords);
        command.Add(_alpha);
        command.Add(_beta);
        command.Add(_rnn);
        command.Add(_rnnWeight);
        command.Add(_rnnShare);
        command.Add(_phoneWeight);
        command.Add(_rescored);
        _fourier.AcceptOnlyFromAmong([.. OptionalAudio.FourierNames]);
        command.Add(_model);
        _device.AddTo(command);
        command.Add(_fourier);
        command.Add(_beam);
    }

    /// <summary>The width asked for; 0 for the model's own.</summary>
    public int Beam(ParseResult parsed) => parsed.GetValue(_beam);

    /// <summary>The threads asked for; 0 for one per processor.</summary>
    public int Threads(ParseResult parsed) => _device.Threads(parsed);

    /// <summary>The language model asked for; null for the model's own.</summary>
    public string? LanguageModel(ParseResult parsed) => parsed.GetValue(_language);

    /// <summary>The package asked for.</summary>
    public string Model(ParseResult parsed) => ModelArguments.Package(parsed.GetValue(_model));

    /// <summary>Loads the model and the language models that belong to it.</summary>
    /// <exception cref="UsageException">An option is out of its range, or two contradict each other.</exception>
    /// <exception cref="Engine.Ilgpu.DeviceUnavailableException">There is no such card.</exception>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="Engine.Checkpoints.ModelFormatException">The model is damaged or of another format version.</exception>
    public Recognizer Load(ParseResult parsed)
    {
        Check(parsed);
        LanguageChoice language = parsed.GetValue(_noLanguage) ? LanguageChoice.Nothing : new LanguageChoice(parsed.GetValue(_language));
        return Recognizer.Load(Model(parsed), _device.Create(parsed), language, OptionalAudio.Fourier(parsed.GetValue(_fourier)));
    }

    /// <summary>The options of decoding on top of what the loaded model says.</summary>
    /// <exception cref="UsageException">An option is out of its range.</exception>
    /// <exception cref="HotWordException">The file of hot words cannot be used.</exception>
    public TranscriptionOptions Complete(ParseResult parsed, TranscriptionOptions options, Recognizer recognizer, CommandConsole console)
    {
        DecoderSettings settings = Override(parsed, recognizer.Model.Decoder);
        UsageException.Check(settings.Validate);
        return options with
        {
            Decoder = settings == recognizer.Model.Decoder ? options.Decoder : settings,
            LanguageModel = !parsed.GetValue(_noLanguage),
            HotWords = parsed.GetValue(_hotWords) is { } path ? new HotWordFile(path, recognizer.Model.Alphabet, console.Say) : null,
        };
    }

    private DecoderSettings Override(ParseResult parsed, DecoderSettings settings) => settings with
    {
        NGramWeight = parsed.GetValue(_alpha) ?? settings.NGramWeight,
        WordBonus = parsed.GetValue(_beta) ?? settings.WordBonus,
        NeuralWeight = parsed.GetValue(_rnnWeight) ?? settings.NeuralWeight,
        NeuralShare = parsed.GetValue(_rnnShare) ?? settings.NeuralShare,
        PhoneWeight = parsed.GetValue(_phoneWeight) ?? settings.PhoneWeight,
        RescoredHypotheses = parsed.GetValue(_rescored) ?? settings.RescoredHypotheses,
        NeuralPass = parsed.GetValue(_rnn) switch
        {
            "off" => NeuralPass.None,
            "beam" => NeuralPass.Beam,
            "rescoring" => NeuralPass.Rescoring,
            _ => settings.NeuralPass,
        },
    };

    /// <summary>What is wrong whatever the model says, before it is loaded.</summary>
    private void Check(ParseResult parsed)
    {
        if (parsed.GetValue(_noLanguage) && parsed.GetValue(_language) is not null)
            throw new UsageException("--language-model and --no-language-model contradict each other: leave one out.");
        foreach ((Option<double?> option, string name) in new[] { (_alpha, "--alpha"), (_rnnWeight, "--rnn-weight") })
        {
            if (parsed.GetValue(option) is { } weight && !(weight is >= 0 and <= 100))
                throw new UsageException($"{name} is {weight}; a weight must be 0 to 100.");
        }

        if (parsed.GetValue(_rnnShare) is { } share && !(share is >= 0 and <= 1))
            throw new UsageException($"--rnn-share is {share}; it must be 0 to 1.");
        if (parsed.GetValue(_beta) is { } bonus && !(bonus is >= -100 and <= 100))
            throw new UsageException($"--beta is {bonus}; it must be -100 to 100.");
        bool alone = parsed.GetValue(_beam) == 1;
        if (alone && parsed.GetValue(_hotWords) is not null)
            throw new UsageException("--hot-words need a beam wider than 1: leave out --beam, or widen it.");
        if (alone && parsed.GetValue(_language) is not null)
            throw new UsageException("--language-model needs a beam wider than 1: leave out --beam, or widen it.");
    }
}
