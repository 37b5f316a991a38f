using System.Diagnostics;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Pronunciation;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Training;

/// <summary>
/// Trains a recogniser on labelled speech: batches prepared ahead, one step after the other, an evaluation after each epoch, the best model kept as a package
/// in the output folder, checkpoints beside it. A run that was interrupted, or killed at any moment, goes on from its last checkpoint, and on
/// the CPU ends in the same bits as one that was not. While the file <c>pause</c> lies in the output folder, it saves and waits.
/// </summary>
public sealed class SpeechTrainer
{
    private readonly AcousticModel _model;
    private readonly ModelDescription _description;
    private readonly SpeechTrainerOptions _options;
    private readonly ISpeechCorpus _train;
    private readonly ISpeechCorpus? _dev;
    private readonly SpeechRunFolder _folder;
    private readonly PhoneTranscriber? _phones;
    private readonly IProgress<TrainingProgress> _progress;
    private readonly Optimiser _optimiser;
    private readonly WeightAverage? _average;
    private readonly TrainingStep _step;
    private readonly BatchPlanner _planner;
    private readonly BatchQueue _queue;
    private readonly DevEvaluation _evaluation;
    private TrainingState _state;

    /// <summary>A run over a corpus.</summary>
    /// <param name="model">The network, allocated for training.</param>
    /// <param name="description">What is saved beside its weights.</param>
    /// <param name="options">How to train.</param>
    /// <param name="train">The training set; texts in the model's alphabet.</param>
    /// <param name="dev">The development set, or none.</param>
    /// <param name="folder">Where the best model, the checkpoints and the log go.</param>
    /// <param name="progress">Hears of every step, epoch and event.</param>
    /// <param name="augmenter">Makes an augmenter for each preparing thread; none trains on the recordings as they are.</param>
    /// <param name="wordTimes">Where words end, for <see cref="SpeechTrainerOptions.CutProbability"/>; needed where that is above 0.</param>
    /// <param name="phones">How texts are spoken, as many phones as the network has; null for a network without phones. Utterances with a word that it does not know train the letters alone.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the phones are not as many as the network's.</exception>
    public SpeechTrainer(
        AcousticModel model,
        ModelDescription description,
        SpeechTrainerOptions options,
        ISpeechCorpus train,
        ISpeechCorpus? dev,
        string folder,
        IProgress<TrainingProgress> progress,
        Func<IUtteranceAugmenter>? augmenter = null,
        WordTimes? wordTimes = null,
        PhoneTranscriber? phones = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(progress);
        options.Validate();
        if (options.CutProbability > 0 && wordTimes is null)
            throw new ArgumentException("Recordings can be cut between words only where the words' times are given.", nameof(wordTimes));
        if (model.Options.Phones != (phones?.Phones.Count ?? 0))
            throw new ArgumentException($"The network has {model.Options.Phones} phones and the texts are spoken with {phones?.Phones.Count ?? 0}.", nameof(phones));
        UtteranceBeginning? beginning = options.CutProbability > 0 ? new UtteranceBeginning(wordTimes!, options.CutProbability) : null;
        _model = model;
        _description = description;
        _options = options;
        _train = train;
        _dev = dev;
        _phones = phones;
        _progress = progress;
        _folder = new SpeechRunFolder(folder);
        _optimiser = Optimiser.Create(model.Device, model.Parameters, ToOptimiserOptions(options));
        if (options.WeightAverage > 0)
            _average = new WeightAverage(model.Device, model.Parameters, options.WeightAverage);
        _step = new TrainingStep(model, _optimiser, options.ClipNorm, options.ClipValue, options.PhoneWeight);
        _planner = Planner(train, options.SortaGrad);
        _queue = new BatchQueue(
            () => new UtterancePreparer(train, description.Alphabet, description.FrontEnd, augmenter?.Invoke(), options.Seed, beginning, phones), options.PreparationThreads, model.Options.Stride);
        _evaluation = new DevEvaluation(model, description.Alphabet);
        _state = new TrainingState { Fingerprint = SpeechRunFolder.Fingerprint(model, description, options, train) };
    }

    /// <summary>Whether the output folder holds checkpoints of an earlier run.</summary>
    public bool CanResume => _folder.HasCheckpoints;

    /// <summary>Padded frames for each real one, less one, of an epoch's batches.</summary>
    public double PaddingWaste => _planner.Plan(1).PaddingWaste;

    /// <summary>Goes on from the newest valid checkpoint of the output folder, if there is one.</summary>
    /// <exception cref="ModelFormatException">No checkpoint is valid.</exception>
    /// <exception cref="TrainingException">The checkpoint belongs to a run with other settings.</exception>
    public bool Resume()
    {
        TrainingState? state = _folder.Load(_model, _optimiser, _average, _state.Fingerprint, text => _progress.Report(new TrainingMessage(text)));
        if (state is null)
            return false;
        _state = state;
        _progress.Report(new TrainingMessage($"Resumed after epoch {state.Epoch}, batch {state.Batch} (step {state.Step})."));
        return true;
    }

    /// <summary>Trains until all epochs are done, early stopping, or cancellation (which saves a checkpoint and returns).</summary>
    /// <exception cref="FileSaveException">A model or checkpoint could not be saved.</exception>
    /// <exception cref="TrainingException">Too many steps in a row had a loss or gradient that is not finite.</exception>
    public async Task<TrainingOutcome> RunAsync(CancellationToken cancellationToken)
    {
        while (_state.Epoch < _options.Epochs)
        {
            try
            {
                await EpochAsync(cancellationToken).ConfigureAwait(false);
                await FinishEpochAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Save();
                return TrainingOutcome.Interrupted;
            }

            Save();
            if (_options.Patience > 0 && _state.SinceBest >= _options.Patience)
                return TrainingOutcome.StoppedEarly;
        }

        return TrainingOutcome.Finished;
    }

    /// <summary>Runs what is left of the epoch under way.</summary>
    private async Task EpochAsync(CancellationToken cancellationToken)
    {
        BatchPlan plan = _planner.Plan(_state.Epoch);
        long totalSteps = (long)plan.Count * _options.Epochs;
        LearningRateSchedule schedule = Schedule(totalSteps);
        Stopwatch clock = Stopwatch.StartNew();
        double before = _state.Seconds, sound = 0, sinceSave = 0;
        long utterances = 0;
        int skippedInARow = 0;
        List<int> faulty = [];
        await foreach (PreparedBatch batch in _queue.RunAsync(plan, _state.Batch, _state.Epoch, cancellationToken).ConfigureAwait(false))
        {
            if (_state.Epoch == 0)
            {
                foreach ((int index, string reason) in batch.LeftOut)
                    Report($"Left out {_train[index].Path}: {reason}");
            }

            float rate = schedule.At(_state.Step) * _state.Plateau.Scale;
            double norm = 0;
            if (!batch.IsEmpty)
            {
                faulty.Clear();
                StepState result = _step.Run(batch, rate, CounterRandom.Fork(_options.Seed, (ulong)_state.Step), faulty);
                norm = result.Norm;
                if (result.Skipped)
                {
                    _state.Skipped++;
                    Report(Describe(batch, faulty));
                    if (++skippedInARow >= _options.MaximumSkippedSteps)
                        throw new TrainingException($"{skippedInARow} steps in a row gave a loss or gradient that is not a finite number. The last good checkpoint is in {_folder.Checkpoints}; try a lower learning rate.");
                }
                else
                {
                    skippedInARow = 0;
                    _average?.Update();
                    _state.LossSum += result.MeanLoss * (double)result.ScoredUtterances;
                    _state.Scored += result.ScoredUtterances;
                }
            }

            utterances += batch.Utterances.Count;
            sound += batch.Seconds;
            _queue.Return(batch);
            _state.Batch++;
            _state.Step++;
            double elapsed = clock.Elapsed.TotalSeconds;
            _state.Seconds = before + elapsed;
            double left = (totalSteps - _state.Step) * _state.Seconds / Math.Max(1, _state.Step);
            _progress.Report(new StepProgress(
                _state.Epoch + 1, _options.Epochs, _state.Batch, plan.Count, _state.Scored == 0 ? double.NaN : _state.LossSum / _state.Scored, norm, rate, utterances / elapsed, sound / elapsed, TimeSpan.FromSeconds(left)));

            if (elapsed - sinceSave >= 60 * _options.CheckpointMinutes && _state.Batch < plan.Count)
            {
                Save();
                sinceSave = clock.Elapsed.TotalSeconds;
            }

            if (_folder.IsPaused && !cancellationToken.IsCancellationRequested)
            {
                clock.Stop();
                await PauseAsync(cancellationToken).ConfigureAwait(false);
                clock.Start();
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task FinishEpochAsync(CancellationToken cancellationToken)
    {
        _average?.Swap();
        try
        {
            await FinishEpochWithTheseWeightsAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _average?.Swap();
        }
    }

    private async Task FinishEpochWithTheseWeightsAsync(CancellationToken cancellationToken)
    {
        DevResult? dev = _dev is null ? null : await EvaluateAsync(_dev, cancellationToken).ConfigureAwait(false);
        double loss = _state.Scored == 0 ? double.NaN : _state.LossSum / _state.Scored;
        double metric = dev is null ? loss : dev.Characters.Rate;
        bool best = metric < _state.Best || _state.Epoch == 0;
        EpochProgress progress = new(
            _state.Epoch + 1, loss, dev?.Loss ?? double.NaN, dev?.Characters.Rate ?? double.NaN, dev?.Words.Rate ?? double.NaN, best, TimeSpan.FromSeconds(_state.Seconds), _state.Skipped)
        {
            PhoneErrorRate = dev is null || dev.Phones.ReferenceLength == 0 ? double.NaN : dev.Phones.Rate,
        };
        _state.Epoch++;
        _state.Batch = 0;
        _state.LossSum = 0;
        _state.Scored = 0;
        _state.Skipped = 0;
        if (_options.Schedule == "plateau")
            _state.Plateau = Lowered(_state.Plateau, metric);
        _state.SinceBest = best ? 0 : _state.SinceBest + 1;
        _state.Log.Add(SpeechRunFolder.LogLine(progress));
        if (best)
        {
            _state.Best = metric;
            _folder.SaveBest(_model, _description with
            {
                Training = _description.Training with
                {
                    Epochs = _state.Epoch,
                    Steps = _state.Step,
                    DevCharacterErrorRate = dev?.Characters.Rate ?? 0,
                    DevWordErrorRate = dev?.Words.Rate ?? 0,
                },
            });
        }

        _folder.WriteLog(_state.Log);
        _progress.Report(progress);
    }

    private Task<DevResult> EvaluateAsync(ISpeechCorpus dev, CancellationToken cancellationToken)
    {
        BatchQueue queue = new(
            () => new UtterancePreparer(dev, _description.Alphabet, _description.FrontEnd, null, 0, phones: _phones), _options.PreparationThreads, _model.Options.Stride);
        BatchPlan plan = Planner(dev, sortaGrad: true).Plan(0);
        return _evaluation.RunAsync(queue.RunAsync(plan, 0, -1, cancellationToken), index => dev[index].Text, queue.Return);
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        Save();
        Report($"Paused: remove {_folder.PauseFile} to go on.");
        await _folder.WaitWhilePausedAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Save() => _folder.SaveCheckpoint(_model, _optimiser, _average, _state);

    private void Report(string text) => _progress.Report(new TrainingMessage(text));

    private string Describe(PreparedBatch batch, List<int> faulty)
    {
        IEnumerable<int> positions = faulty.Count > 0 ? faulty : Enumerable.Range(0, batch.Utterances.Count);
        string names = string.Join(", ", positions.Take(8).Select(b => _train[batch.Utterances[b]].Path));
        return faulty.Count > 0
            ? $"Skipped step {_state.Step}: the loss is not a finite number for {names}."
            : $"Skipped step {_state.Step}: the gradient is not finite; the batch was {names}{(batch.Utterances.Count > 8 ? ", ..." : "")}.";
    }

    private BatchPlanner Planner(ISpeechCorpus corpus, bool sortaGrad)
    {
        double framesPerSecond = 1 / _description.FrontEnd.HopSeconds;
        int[] frames = new int[corpus.Count];
        for (int i = 0; i < frames.Length; i++)
            frames[i] = Math.Max(1, (int)(corpus[i].Seconds * framesPerSecond));
        return new BatchPlanner(frames, new BatchPlannerOptions
        {
            MaximumUtterances = _options.BatchSize,
            MaximumFrames = (long)Math.Max(_options.BatchSeconds * framesPerSecond, frames.Max()),
            Seed = _options.Seed,
            ShortestFirst = sortaGrad,
        });
    }

    private LearningRateSchedule Schedule(long steps)
    {
        float peak = _options.LearningRate;
        long warmUp = (long)(_options.WarmUp * steps);
        return _options.Schedule switch
        {
            "one-cycle" => LearningRateSchedule.OneCycle(peak, steps),
            "cosine" => LearningRateSchedule.Cosine(peak, warmUp, steps, 0.01f * peak),
            _ => LearningRateSchedule.Constant(peak, warmUp),
        };
    }

    private static PlateauState Lowered(PlateauState state, double metric)
    {
        PlateauSchedule plateau = new(new PlateauOptions(), state);
        plateau.Report(metric);
        return plateau.State;
    }

    private static OptimiserOptions ToOptimiserOptions(SpeechTrainerOptions options) => options.Optimiser switch
    {
        "adam" => new AdamOptions { WeightDecay = options.WeightDecay },
        "adamw" => new AdamOptions { WeightDecay = options.WeightDecay, Decoupled = true },
        "nesterov" => new SgdOptions { Momentum = options.Momentum, Nesterov = true, WeightDecay = options.WeightDecay },
        _ => new SgdOptions { Momentum = options.Momentum, WeightDecay = options.WeightDecay },
    };
}
