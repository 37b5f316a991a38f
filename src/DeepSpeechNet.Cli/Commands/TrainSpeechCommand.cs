using System.CommandLine;
using DeepSpeechNet.Audio.Augmentation;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Layers;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Pronunciation;
using DeepSpeechNet.Speech;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Training;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn train speech</c>: trains a recogniser on labelled recordings.</summary>
internal sealed class TrainSpeechCommand
{
    private static readonly SpeechTrainerOptions Defaults = new();
    private static readonly AcousticModelOptions Shape = new();

    private readonly Option<string[]> _train = new("--train") { Description = "Manifests or packed stores to train on.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _dev = new("--dev") { Description = "Manifests or packed stores to choose the best model by.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _from = new("--from") { Description = "Start from the weights of this model instead of random ones: of the same network, or of one without some of the residual layers." };
    private readonly Option<string[]> _onlyCorpus = new("--only-corpus") { Description = "Take these corpora of the manifests alone.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _excludeSpeaker = new("--exclude-speaker") { Description = "Leave these speakers out of training.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _devSpeaker = new("--dev-speaker") { Description = "Take these speakers of the dev manifests alone.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> _devCorpus = new("--dev-corpus") { Description = "Take these corpora of the dev manifests alone.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> _maximumSeconds = new("--max-seconds") { Description = "Leave out longer recordings.", DefaultValueFactory = _ => 30 };
    private readonly Option<int> _epochs = new("--epochs") { Description = "Passes over the training set.", DefaultValueFactory = _ => Defaults.Epochs };
    private readonly Option<int> _batch = new("--batch") { Description = "Utterances of a batch.", DefaultValueFactory = _ => Defaults.BatchSize };
    private readonly Option<double> _batchSeconds = new("--batch-seconds") { Description = "Seconds of sound of a batch at most.", DefaultValueFactory = _ => Defaults.BatchSeconds };
    private readonly Option<float> _rate = new("--learning-rate") { Description = "The highest learning rate.", DefaultValueFactory = _ => Defaults.LearningRate };
    private readonly Option<string> _optimiser = new("--optimiser") { Description = "adam, adamw, nesterov or sgd.", DefaultValueFactory = _ => Defaults.Optimiser };
    private readonly Option<float> _clip = new("--clip-norm") { Description = "Scale gradients down to this norm; 0 leaves them.", DefaultValueFactory = _ => Defaults.ClipNorm };
    private readonly Option<float> _clipValue = new("--clip-value") { Description = "Limit each gradient to this size; 0 leaves them." };
    private readonly Option<string> _schedule = new("--schedule") { Description = "Learning rate: cosine, constant, plateau or one-cycle.", DefaultValueFactory = _ => Defaults.Schedule };
    private readonly Option<float> _decay = new("--weight-decay") { Description = "Weight decay.", DefaultValueFactory = _ => Defaults.WeightDecay };
    private readonly Option<float> _average = new("--average") { Description = "Decay of a moving average of the weights, which is evaluated and saved instead of the last ones: 0.999, say; 0 keeps none." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Chooses every random draw.", DefaultValueFactory = _ => Defaults.Seed };
    private readonly Option<bool> _shuffle = new("--shuffle-first") { Description = "Shuffle the first epoch too, instead of going from short to long recordings (SortaGrad)." };
    private readonly Option<int> _preparation = new("--preparation-threads") { Description = "Threads that prepare batches ahead.", DefaultValueFactory = _ => Defaults.PreparationThreads };
    private readonly Option<int> _patience = new("--patience") { Description = "Stop when the dev error has not improved for so many epochs; 0 never does." };
    private readonly Option<int> _hidden = new("--hidden") { Description = "H: units of the fully connected layers.", DefaultValueFactory = _ => Shape.Hidden };
    private readonly Option<int> _recurrentHidden = new("--recurrent-hidden") { Description = "Units of a recurrent direction; 0 means H." };
    private readonly Option<int> _denseLayers = new("--dense-layers") { Description = "Fully connected layers before the recurrence.", DefaultValueFactory = _ => Shape.DenseLayers };
    private readonly Option<int> _recurrentLayers = new("--recurrent-layers") { Description = "Recurrent layers.", DefaultValueFactory = _ => Shape.RecurrentLayers };
    private readonly Option<int> _residualLayers = new("--residual-layers") { Description = "How many of the last recurrent layers add their input to their output.", DefaultValueFactory = _ => Shape.ResidualLayers };
    private readonly Option<CellKind> _cell = new("--cell") { Description = "The recurrent cell.", DefaultValueFactory = _ => Shape.Cell };
    private readonly Option<DirectionMode> _direction = new("--direction") { Description = "Recurrent directions: Sum as in the paper, Concatenate, Forward.", DefaultValueFactory = _ => Shape.Direction };
    private readonly Option<bool> _batchNorm = new("--batch-norm") { Description = "Batch-normalise the recurrences' inputs." };
    private readonly Option<int> _context = new("--context") { Description = "Frames of context on each side.", DefaultValueFactory = _ => Shape.Context };
    private readonly Option<int> _stride = new("--stride") { Description = "Look at every how-many-th frame.", DefaultValueFactory = _ => Shape.Stride };
    private readonly Option<float> _dropout = new("--dropout") { Description = "Dropout rate.", DefaultValueFactory = _ => Shape.Dropout };
    private readonly Option<int> _melBins = new("--mel-bins") { Description = "Mel bands of a frame.", DefaultValueFactory = _ => new FrontEndOptions().MelBins };
    private readonly Option<FeatureNormalisation> _normalisation = new("--normalisation") { Description = "How features are normalised: PerUtterance; Level for single words and short commands; Running; None.", DefaultValueFactory = _ => new FrontEndOptions().Normalisation };
    private readonly Option<string?> _augment = new("--augment") { Description = "Change the recordings in training: 'default', or a JSON file with settings." };
    private readonly Option<string[]> _wordTimes = new("--word-times") { Description = "Files of 'dsn corpus align' with the times of the recordings' words, for --cut.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> _cut = new("--cut") { Description = "Let this share of the recordings with --word-times end early, between words: for live use." };
    private readonly Option<string[]> _pronunciations = new("--pronunciations") { Description = "Pronouncing dictionaries (CMUdict's form, .gz too): the network learns to write phones beside the letters.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<float> _phoneWeight = new("--phone-weight") { Description = "How much the phones count beside the letters.", DefaultValueFactory = _ => Defaults.PhoneWeight };
    private readonly NoiseArguments _noise = new();
    private readonly TrainingArguments _run;
    private readonly CommandConsole _console;

    private TrainSpeechCommand(CommandConsole console)
    {
        _run = new TrainingArguments(console);
        _console = console;
    }

    public static Command Create(CommandConsole console)
    {
        TrainSpeechCommand self = new(console);
        Command command = new("speech", "Train a recogniser on labelled recordings.")
        {
            self._train, self._dev, self._from, self._onlyCorpus, self._excludeSpeaker, self._devSpeaker, self._devCorpus, self._maximumSeconds,
            self._epochs, self._batch, self._batchSeconds, self._rate, self._optimiser, self._clip, self._clipValue, self._schedule, self._decay, self._average, self._seed, self._shuffle, self._preparation, self._patience,
            self._hidden, self._recurrentHidden, self._denseLayers, self._recurrentLayers, self._residualLayers, self._cell, self._direction, self._batchNorm,
            self._context, self._stride, self._dropout, self._melBins, self._normalisation, self._augment, self._wordTimes, self._cut, self._pronunciations, self._phoneWeight,
        };
        self._noise.AddTo(command);
        self._run.AddTo(command);
        command.SetAction(self.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        SpeechTrainerOptions options = Options(parsed);
        PhoneTranscriber? phones = parsed.GetValue(_pronunciations) is { Length: > 0 } dictionaries ? new PhoneTranscriber(TextArguments.Pronunciations(dictionaries, _console)) : null;
        AcousticModelOptions shape = ModelShape(parsed) with { Phones = phones?.Phones.Count ?? 0 };
        UsageException.Check(options.Validate);
        UsageException.Check(shape.Validate);
        string folder = _run.Folder(parsed);

        Alphabet alphabet = Alphabet.English;
        FrontEndOptions frontEnd = new() { MelBins = parsed.GetValue(_melBins), Normalisation = parsed.GetValue(_normalisation) };
        UsageException.Check(frontEnd.Validate);
        CorpusFilter filter = new()
        {
            OnlyCorpora = parsed.GetValue(_onlyCorpus) ?? [],
            ExcludedSpeakers = parsed.GetValue(_excludeSpeaker) ?? [],
            MaximumSeconds = parsed.GetValue(_maximumSeconds),
        };
        using ISpeechCorpus train = CorpusArguments.Open(parsed.GetRequiredValue(_train), filter, frontEnd.SampleRate, _console.Say);
        using ISpeechCorpus? dev = parsed.GetValue(_dev) is { Length: > 0 } devPaths
            ? CorpusArguments.Open(devPaths, new CorpusFilter { OnlyCorpora = parsed.GetValue(_devCorpus) ?? [], OnlySpeakers = parsed.GetValue(_devSpeaker) ?? [] }, frontEnd.SampleRate, _console.Say)
            : null;

        using Device device = _run.Device(parsed);
        int features = new FeatureExtractor(frontEnd).FeatureCount;
        AcousticModel model = parsed.GetValue(_from) is { } from
            ? StartFrom(from, device, shape, features, alphabet, options.Seed)
            : new AcousticModel(device, shape, features, alphabet.ClassCount, options.Seed, training: true);
        double hours = Enumerable.Range(0, train.Count).Sum(i => train[i].Seconds) / 3600;
        ModelDescription description = new()
        {
            Alphabet = alphabet,
            FrontEnd = frontEnd,
            Acoustic = shape,
            Training = new TrainingRecord { Command = TrainingArguments.CommandLine, Hours = hours },
        };

        AugmentationOptions? augmentation = AugmentationArguments.Options(parsed.GetValue(_augment));
        IReadOnlyList<float[]> noises = _noise.Read(parsed, frontEnd.SampleRate);
        Func<IUtteranceAugmenter>? augmenter = augmentation is null ? null : () => new UtteranceAugmenter(augmentation, frontEnd, noises);

        WordTimes? times = parsed.GetValue(_wordTimes) is { Length: > 0 } files ? WordTimes.Load(files) : null;
        if (options.CutProbability > 0 && times is null)
            throw new UsageException("--cut needs --word-times: where the words of the recordings end, as 'dsn corpus align' writes it.");
        SpeechTrainer trainer = new(model, description, options, train, dev, folder, _run.Display, augmenter, times, phones);
        _run.Display.Line($"{train.Count} utterances, {hours:F2} h; dev {dev?.Count ?? 0}; {model.Parameters.TrainedCount:N0} parameters; padding {trainer.PaddingWaste:P1}; {device.Description}");
        if (phones is not null)
            _run.Display.Line(Coverage(train, phones));
        if (_run.Resumes(parsed))
            trainer.Resume();

        return await _run.RunAsync(folder, trainer.RunAsync, $"the dev error has not improved for {options.Patience} epochs", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many recordings can train the phones.</summary>
    private static string Coverage(ISpeechCorpus train, PhoneTranscriber phones)
    {
        int known = Enumerable.Range(0, train.Count).Count(i => phones.Transcribe(train[i].Text) is not null);
        string rest = known == train.Count ? "" : $"; the other {train.Count - known} hold words that the dictionary lacks, and train the letters alone";
        return $"{phones.Phones.Count} phones, of {known} utterances{rest}";
    }

    private SpeechTrainerOptions Options(ParseResult parsed) => new()
    {
        Epochs = parsed.GetValue(_epochs),
        BatchSize = parsed.GetValue(_batch),
        BatchSeconds = parsed.GetValue(_batchSeconds),
        LearningRate = parsed.GetValue(_rate),
        Optimiser = parsed.GetValue(_optimiser)!,
        ClipNorm = parsed.GetValue(_clip),
        ClipValue = parsed.GetValue(_clipValue),
        Schedule = parsed.GetValue(_schedule)!,
        WeightDecay = parsed.GetValue(_decay),
        WeightAverage = parsed.GetValue(_average),
        Seed = parsed.GetValue(_seed),
        CutProbability = parsed.GetValue(_cut),
        PhoneWeight = parsed.GetValue(_phoneWeight),
        Patience = parsed.GetValue(_patience),
        SortaGrad = !parsed.GetValue(_shuffle),
        PreparationThreads = parsed.GetValue(_preparation),
    };

    private AcousticModelOptions ModelShape(ParseResult parsed) => new()
    {
        Hidden = parsed.GetValue(_hidden),
        RecurrentHidden = parsed.GetValue(_recurrentHidden),
        DenseLayers = parsed.GetValue(_denseLayers),
        RecurrentLayers = parsed.GetValue(_recurrentLayers),
        ResidualLayers = parsed.GetValue(_residualLayers),
        Cell = parsed.GetValue(_cell),
        Direction = parsed.GetValue(_direction),
        BatchNorm = parsed.GetValue(_batchNorm),
        Context = parsed.GetValue(_context),
        Stride = parsed.GetValue(_stride),
        Dropout = parsed.GetValue(_dropout),
    };

    /// <summary>A network of the shape asked for with the weights of another.</summary>
    private static AcousticModel StartFrom(string path, Device device, AcousticModelOptions shape, int features, Alphabet alphabet, ulong seed)
    {
        (AcousticModel source, ModelDescription description) = ModelPackage.Load(path, device);
        if (description.Alphabet.Symbols != alphabet.Symbols)
            throw new UsageException($"The network of {path} writes another alphabet, '{description.Alphabet.Symbols}'; start from one of this alphabet.");
        AcousticModel model = new(device, shape, features, alphabet.ClassCount, seed, training: true);
        if (!model.TryStartFrom(source))
            throw new UsageException($"The network of {path} has another shape than the options here ask for; give the same shape to start from it, or more recurrent layers, all those added residual ones.");
        return model;
    }
}
