using System.CommandLine;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Packages;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn train language</c>: trains a neural language model on text.</summary>
internal sealed class TrainLanguageCommand
{
    private static readonly LanguageTrainerOptions Defaults = new();
    private static readonly NeuralLanguageModelOptions Shape = new();

    private readonly Option<string[]> _train = new("--train") { Description = "Text files to train on, a sentence a line; plain or .gz.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _valid = new("--valid") { Description = "Text files to choose the best model by.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> _holdOut = new("--hold-out") { Description = "Without --valid: this part of the training text's sentences, from its end, is held out for that." };
    private readonly Option<string?> _from = new("--from") { Description = "Start from the weights of this model or package (same shape; a larger --hidden widens it) instead of random ones, with its symbols where no others are asked for." };
    private readonly Option<LanguageUnit> _unit = new("--unit") { Description = "Words, or Characters (a to z, apostrophe, space unless --alphabet says otherwise).", DefaultValueFactory = _ => Shape.Unit };
    private readonly Option<string?> _alphabet = new("--alphabet") { Description = "The characters of a character model, one after the other." };
    private readonly Option<string?> _vocabulary = new("--vocabulary") { Description = "Word models: a file with a word a line; without it, the words of the training text." };
    private readonly Option<int> _vocabularySize = new("--vocabulary-size") { Description = "Word models: the most frequent words of the training text alone.", DefaultValueFactory = _ => 200_000 };
    private readonly Option<int> _minimumCount = new("--minimum-count") { Description = "Word models: leave out words that occur less often.", DefaultValueFactory = _ => 1 };
    private readonly Option<LanguageNetwork> _network = new("--network") { Description = "Recurrent, or FeedForward over the last --context words.", DefaultValueFactory = _ => Shape.Network };
    private readonly Option<CellKind> _cell = new("--cell") { Description = "The recurrent cell; Tanh is the plain one.", DefaultValueFactory = _ => Shape.Cell };
    private readonly Option<int> _layers = new("--layers") { Description = "Layers.", DefaultValueFactory = _ => Shape.Layers };
    private readonly Option<int> _hidden = new("--hidden") { Description = "Units of a layer.", DefaultValueFactory = _ => Shape.Hidden };
    private readonly Option<int> _embedding = new("--embedding") { Description = "Numbers that stand for a symbol at the input; 0 takes symbols as they are (one-hot).", DefaultValueFactory = _ => Shape.Embedding };
    private readonly Option<int> _context = new("--context") { Description = "Last symbols that the input shows at once.", DefaultValueFactory = _ => Shape.Context };
    private readonly Option<bool> _tied = new("--tied") { Description = "Use the embeddings as the output layer's weights; where they are narrower or wider than the layer, a linear map leads to them." };
    private readonly Option<float> _dropout = new("--dropout") { Description = "Dropout of the non-recurrent connections." };
    private readonly Option<OutputLayer> _output = new("--output") { Description = "Softmax over all words, Hierarchical (a tree of softmaxes), or Sampled (trained against some).", DefaultValueFactory = _ => Shape.Output };
    private readonly Option<int> _samples = new("--samples") { Description = "Sampled: how many words a step.", DefaultValueFactory = _ => Shape.Samples };
    private readonly Option<int> _epochs = new("--epochs") { Description = "Passes over the text.", DefaultValueFactory = _ => Defaults.Epochs };
    private readonly Option<long> _steps = new("--steps") { Description = "End after so many steps; 0 means after all epochs." };
    private readonly Option<int> _batch = new("--batch") { Description = "Streams of text side by side.", DefaultValueFactory = _ => Defaults.BatchSize };
    private readonly Option<int> _window = new("--window") { Description = "Symbols of a stream a step: how far gradients flow back.", DefaultValueFactory = _ => Defaults.Window };
    private readonly Option<float> _rate = new("--learning-rate") { Description = "The highest learning rate.", DefaultValueFactory = _ => Defaults.LearningRate };
    private readonly Option<string> _optimiser = new("--optimiser") { Description = "sgd, nesterov, adam or adamw.", DefaultValueFactory = _ => Defaults.Optimiser };
    private readonly Option<float> _momentum = new("--momentum") { Description = "Momentum of sgd and nesterov." };
    private readonly Option<float> _decay = new("--weight-decay") { Description = "Weight decay." };
    private readonly Option<string> _schedule = new("--schedule") { Description = "Learning rate: zaremba, cosine, constant or plateau.", DefaultValueFactory = _ => Defaults.Schedule };
    private readonly Option<int> _fullRate = new("--full-rate-epochs") { Description = "zaremba: epochs before the rate begins to fall.", DefaultValueFactory = _ => Defaults.FullRateEpochs };
    private readonly Option<float> _rateDecay = new("--rate-decay") { Description = "zaremba: what the rate is multiplied by every epoch then.", DefaultValueFactory = _ => Defaults.RateDecay };
    private readonly Option<int> _warmUp = new("--warm-up") { Description = "Steps over which the rate rises." };
    private readonly Option<float> _clip = new("--clip-norm") { Description = "Scale gradients down to this norm; 0 leaves them.", DefaultValueFactory = _ => Defaults.ClipNorm };
    private readonly Option<float> _range = new("--initial-range") { Description = "Weights start within this range; 0 chooses by the size of each layer.", DefaultValueFactory = _ => Defaults.InitialRange };
    private readonly Option<double> _forget = new("--forget-rate") { Description = "How likely a stream begins anew before a window." };
    private readonly Option<int> _evaluationSteps = new("--evaluation-steps") { Description = "Steps between evaluations; 0 evaluates after each epoch." };
    private readonly Option<int> _evaluationTokens = new("--evaluation-tokens") { Description = "Symbols of the valid text that an evaluation reads; 0 means all." };
    private readonly Option<int> _patience = new("--patience") { Description = "Stop after so many evaluations without a better one; 0 never does." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Chooses every random draw.", DefaultValueFactory = _ => Defaults.Seed };
    private readonly Option<double> _checkpointMinutes = new("--checkpoint-minutes") { Description = "Minutes between checkpoints.", DefaultValueFactory = _ => Defaults.CheckpointMinutes };
    private readonly Option<WeightFormat> _weights = new("--weights") { Description = "How the model's weights are stored.", DefaultValueFactory = _ => WeightFormat.Float16 };

    private readonly TrainingArguments _run;

    private TrainLanguageCommand(CommandConsole console) => _run = new TrainingArguments(console);

    public static Command Create(CommandConsole console)
    {
        TrainLanguageCommand self = new(console);
        Command command = new("language", "Train a neural language model on text.")
        {
            self._train, self._valid, self._holdOut, self._from, self._unit, self._alphabet, self._vocabulary, self._vocabularySize, self._minimumCount,
            self._network, self._cell, self._layers, self._hidden, self._embedding, self._context, self._tied, self._dropout, self._output, self._samples,
            self._epochs, self._steps, self._batch, self._window, self._rate, self._optimiser, self._momentum, self._decay, self._schedule, self._fullRate, self._rateDecay,
            self._warmUp, self._clip, self._range, self._forget, self._evaluationSteps, self._evaluationTokens, self._patience, self._seed, self._checkpointMinutes,
            self._weights,
        };
        self._run.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        LanguageTrainerOptions options = Options(parsed);
        NeuralLanguageModelOptions shape = ModelShape(parsed);
        UsageException.Check(options.Validate);
        UsageException.Check(shape.Validate);
        string folder = _run.Folder(parsed);
        _run.Display.Line("Reading the text ...");
        using CpuDevice startDevice = new(new CpuDeviceOptions { Threads = 1 });
        string? from = parsed.GetValue(_from);
        (NeuralLanguageModel Model, LanguageModelDescription Description)? start = from is null ? null : LanguagePackage.LoadNeural(from, startDevice).OrderBy(m => m.Description.Options.Unit == shape.Unit ? 0 : 1).First();
        LanguageTokens tokens = Tokens(parsed, shape.Unit, start?.Description.Tokens);
        (TokenText train, TokenText? valid) = Texts(parsed, tokens, cancellationToken);

        using Device device = _run.Device(parsed);
        NeuralLanguageModel model = new(device, shape, tokens.Count, tokens.End, options.Seed, training: true, options.InitialRange, train.Counts());
        if (start is { } begun && !(begun.Description.Tokens.Matches(tokens) && model.TryStartFrom(begun.Model, options.Seed)))
            throw new UsageException($"The network of {from} has another shape or other symbols than the options here ask for; give the same to start from it, or a larger --hidden to widen it.");
        LanguageModelDescription description = new()
        {
            Options = shape,
            Tokens = tokens,
            Training = new LanguageTrainingRecord { Command = TrainingArguments.CommandLine, Tokens = train.Count },
        };
        LanguageTrainer trainer = new(model, description, options, train, valid, folder, _run.Display, parsed.GetValue(_weights));
        _run.Display.Line($"{train.Count:N0} symbols in {train.Sentences:N0} sentences, vocabulary {tokens.Count:N0}; valid {valid?.Count ?? 0:N0}; {model.Parameters.TrainedCount:N0} parameters; {trainer.StepsPerEpoch:N0} steps an epoch; {device.Description}");
        if (_run.Resumes(parsed))
            trainer.Resume();

        return await _run.RunAsync(folder, trainer.RunAsync, $"the valid text has not become likelier for {options.Patience} evaluations", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is counted: what the options say, or else what the network to start from counts.</summary>
    private LanguageTokens Tokens(ParseResult parsed, LanguageUnit unit, LanguageTokens? start)
    {
        if (start?.Unit == unit && parsed.GetValue(_vocabulary) is null && parsed.GetValue(_alphabet) is null)
            return start;
        if (unit == LanguageUnit.Characters)
        {
            try
            {
                return new CharacterTokens(parsed.GetValue(_alphabet) is { } symbols ? new Alphabet(symbols) : Alphabet.English);
            }
            catch (ArgumentException e)
            {
                throw new UsageException(e.Message);
            }
        }

        if (parsed.GetValue(_vocabulary) is { } path)
            return new WordTokens(Vocabulary.Load(path));
        int size = parsed.GetValue(_vocabularySize), count = parsed.GetValue(_minimumCount);
        if (size < 1 || count < 1)
            throw new UsageException("--vocabulary-size and --minimum-count must be 1 or more.");
        return WordTokens.OfText(parsed.GetRequiredValue(_train), count, size);
    }

    private (TokenText Train, TokenText? Valid) Texts(ParseResult parsed, LanguageTokens tokens, CancellationToken cancellationToken)
    {
        TokenText train = TokenText.Read(parsed.GetRequiredValue(_train), tokens, cancellationToken);
        double held = parsed.GetValue(_holdOut);
        if (parsed.GetValue(_valid) is { Length: > 0 } paths)
        {
            return held == 0
                ? (train, TokenText.Read(paths, tokens, cancellationToken))
                : throw new UsageException("--hold-out and --valid exclude each other: give one of them.");
        }

        if (held == 0)
            return (train, null);
        if (!(held > 0 && held < 1))
            throw new UsageException($"--hold-out is {held}; it must be above 0 and below 1.");
        return train.Split(1 - held);
    }

    private LanguageTrainerOptions Options(ParseResult parsed) => new()
    {
        Epochs = parsed.GetValue(_epochs),
        MaximumSteps = parsed.GetValue(_steps),
        BatchSize = parsed.GetValue(_batch),
        Window = parsed.GetValue(_window),
        LearningRate = parsed.GetValue(_rate),
        Optimiser = parsed.GetValue(_optimiser)!,
        Momentum = parsed.GetValue(_momentum),
        WeightDecay = parsed.GetValue(_decay),
        Schedule = parsed.GetValue(_schedule)!,
        FullRateEpochs = parsed.GetValue(_fullRate),
        RateDecay = parsed.GetValue(_rateDecay),
        WarmUpSteps = parsed.GetValue(_warmUp),
        ClipNorm = parsed.GetValue(_clip),
        InitialRange = parsed.GetValue(_range),
        ForgetRate = parsed.GetValue(_forget),
        EvaluationSteps = parsed.GetValue(_evaluationSteps),
        EvaluationTokens = parsed.GetValue(_evaluationTokens),
        Patience = parsed.GetValue(_patience),
        Seed = parsed.GetValue(_seed),
        CheckpointMinutes = parsed.GetValue(_checkpointMinutes),
    };

    private NeuralLanguageModelOptions ModelShape(ParseResult parsed) => new()
    {
        Unit = parsed.GetValue(_unit),
        Network = parsed.GetValue(_network),
        Cell = parsed.GetValue(_cell),
        Layers = parsed.GetValue(_layers),
        Hidden = parsed.GetValue(_hidden),
        Embedding = parsed.GetValue(_embedding),
        Context = parsed.GetValue(_context),
        TiedEmbeddings = parsed.GetValue(_tied),
        Dropout = parsed.GetValue(_dropout),
        Output = parsed.GetValue(_output),
        Samples = parsed.GetValue(_samples),
    };
}
