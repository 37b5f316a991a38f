using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Language.Neural;

/// <summary>
/// Trains a neural language model on a text by truncated back-propagation through time: streams of text side by side, states carried from window to window,
/// an evaluation after each epoch or every so many steps, the best model kept as a package in the output folder, checkpoints beside it. A run that was
/// interrupted, or killed at any moment, goes on from its last checkpoint, and on the CPU ends in the same bits as one that was not. While the file
/// <c>pause</c> lies in the output folder, it saves and waits.
/// </summary>
public sealed class LanguageTrainer
{
    private const int EvaluationStreams = 20;

    private readonly NeuralLanguageModel _model;
    private readonly LanguageModelDescription _description;
    private readonly LanguageTrainerOptions _options;
    private readonly TokenText? _valid;
    private readonly RunFolder _folder;
    private readonly IProgress<TrainingProgress> _progress;
    private readonly WeightFormat _format;
    private readonly TextStreams _streams;
    private readonly SequencePass _pass;
    private readonly Optimiser _optimiser;
    private readonly Tape _tape;
    private readonly Tensor _stepState;
    private readonly float[] _stepValues = new float[StepState.Length];
    private readonly HostBatch _host = new();
    private readonly long _totalSteps;
    private readonly int _first;
    private readonly LearningRateSchedule _schedule;
    private TrainingState _state;
    private int _skippedInARow;

    /// <summary>A run over a text.</summary>
    /// <param name="model">The network, allocated for training.</param>
    /// <param name="description">What is saved beside its weights.</param>
    /// <param name="options">How to train.</param>
    /// <param name="train">The text to train on.</param>
    /// <param name="valid">The text to choose the best model by, or none.</param>
    /// <param name="folder">Where the best model, the checkpoints and the log go.</param>
    /// <param name="progress">Hears of every step, evaluation and event.</param>
    /// <param name="format">How the best model's weights are stored.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the texts and the model do not fit each other.</exception>
    public LanguageTrainer(
        NeuralLanguageModel model,
        LanguageModelDescription description,
        LanguageTrainerOptions options,
        TokenText train,
        TokenText? valid,
        string folder,
        IProgress<TrainingProgress> progress,
        WeightFormat format = WeightFormat.Float32)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(progress);
        options.Validate();
        if (train.Tokens.Count != model.TokenCount || (valid is not null && valid.Tokens.Count != model.TokenCount))
            throw new ArgumentException($"The model reads {model.TokenCount} symbols, the text has {train.Tokens.Count}: both must come from the same vocabulary.", nameof(train));
        _model = model;
        _description = description;
        _options = options;
        _valid = valid;
        _progress = progress;
        _format = format;
        _folder = new RunFolder(folder);
        _streams = new TextStreams(train, model, options.BatchSize, options.Window);
        _pass = new SequencePass(model, _streams.Batch);
        _optimiser = Optimiser.Create(model.Device, model.Parameters, options.ToOptimiserOptions());
        _tape = new Tape(model.Device, recording: true);
        _stepState = model.Device.Allocate(ElementType.Float32, new Shape(StepState.Length));
        long all = (long)_streams.Windows * options.Epochs;
        _totalSteps = options.MaximumSteps > 0 ? Math.Min(all, options.MaximumSteps) : all;
        _first = _totalSteps < _streams.Windows ? (int)(CounterRandom.Fork(options.Seed, ulong.MaxValue) % (ulong)_streams.Windows) : 0;
        _schedule = options.Schedule == "cosine"
            ? LearningRateSchedule.Cosine(options.LearningRate, options.WarmUpSteps, _totalSteps, 0.01f * options.LearningRate)
            : LearningRateSchedule.Constant(options.LearningRate, options.WarmUpSteps);
        _state = new TrainingState { Fingerprint = Fingerprint(train) };
    }

    /// <summary>Whether the output folder holds checkpoints of an earlier run.</summary>
    public bool CanResume => _folder.HasCheckpoints;

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch => _streams.Windows;

    /// <summary>Goes on from the newest valid checkpoint of the output folder, if there is one.</summary>
    /// <exception cref="ModelFormatException">No checkpoint is valid.</exception>
    /// <exception cref="TrainingException">The checkpoint belongs to a run with other settings.</exception>
    public bool Resume()
    {
        TrainingState? state = _folder.LoadCheckpoint(_model.Parameters, _optimiser, _state.Fingerprint, Report, (_, carried) => _pass.Import(carried));
        if (state is null)
            return false;
        _state = state;
        Report($"Resumed after epoch {state.Epoch}, batch {state.Batch} (step {state.Step}).");
        return true;
    }

    /// <summary>Trains until all steps are done, early stopping, or cancellation (which saves a checkpoint and returns).</summary>
    /// <exception cref="FileSaveException">A model or checkpoint could not be saved.</exception>
    /// <exception cref="TrainingException">Too many steps in a row had a loss or gradient that is not finite.</exception>
    public async Task<TrainingOutcome> RunAsync(CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew(), training = new();
        double before = _state.Seconds, saved = 0;
        long first = _state.Step;
        try
        {
            while (_state.Step < _totalSteps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                training.Start();
                (StepState result, float rate) = Step();
                training.Stop();
                _state.Seconds = before + clock.Elapsed.TotalSeconds;
                ReportStep(result, rate, training.Elapsed.TotalSeconds, _state.Step - first);
                if (EvaluationDue())
                {
                    Evaluate(cancellationToken);
                    Save();
                    saved = clock.Elapsed.TotalSeconds;
                    if (_options.Patience > 0 && _state.SinceBest >= _options.Patience)
                        return TrainingOutcome.StoppedEarly;
                }
                else if (clock.Elapsed.TotalSeconds - saved >= 60 * _options.CheckpointMinutes)
                {
                    Save();
                    saved = clock.Elapsed.TotalSeconds;
                }

                if (_folder.IsPaused && !cancellationToken.IsCancellationRequested)
                {
                    clock.Stop();
                    Save();
                    Report($"Paused: remove {_folder.PauseFile} to go on.");
                    await _folder.WaitWhilePausedAsync(cancellationToken).ConfigureAwait(false);
                    clock.Start();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Save();
            return TrainingOutcome.Interrupted;
        }

        return TrainingOutcome.Finished;
    }

    /// <summary>Which window of its streams the next step reads.</summary>
    private int Window => (_first + _state.Batch) % _streams.Windows;

    private (StepState Result, float Rate) Step()
    {
        if (_state.Batch == _streams.Windows)
        {
            _state.Epoch++;
            _state.Batch = 0;
        }

        if (Window == 0)
            _pass.Reset();
        ulong seed = CounterRandom.Fork(_options.Seed, (ulong)_state.Step);
        for (int stream = 0; _options.ForgetRate > 0 && stream < _streams.Batch; stream++)
        {
            if (CounterRandom.Uniform(seed, (ulong)stream) < _options.ForgetRate)
                _pass.Reset(stream);
        }

        float rate = _schedule.At(_state.Step) * _state.Plateau.Scale;
        if (_options.Schedule == "zaremba")
            rate *= MathF.Pow(_options.RateDecay, Math.Max(0, _state.Epoch + 1 - _options.FullRateEpochs));
        StepState result = Train(rate, seed);
        if (result.Skipped)
        {
            // States that came out of numbers that are none would spoil every step to come.
            _pass.Reset();
            _state.Skipped++;
            Report($"Skipped step {_state.Step}: the loss or gradient is not a finite number.");
            if (++_skippedInARow >= _options.MaximumSkippedSteps)
                throw new TrainingException($"{_skippedInARow} steps in a row gave a loss or gradient that is not a finite number. The last good checkpoint is in {_folder.Checkpoints}; try a lower learning rate.");
        }
        else
        {
            _skippedInARow = 0;
            _state.LossSum += result.MeanLoss * (double)result.ScoredUtterances;
            _state.Scored += result.ScoredUtterances;
        }

        _state.Batch++;
        _state.Step++;
        return (result, rate);
    }

    private StepState Train(float rate, ulong seed)
    {
        Device device = _model.Device;
        _streams.Fill(_host, Window);
        if (_model.Output.Samples > 0)
            _model.Output.Draw(CounterRandom.Fork(seed, 1), _host.Integers(_host.Reserve(ElementType.Int32, new Shape(_model.Output.Samples))));
        DeviceBatch batch = _host.Upload(device);
        try
        {
            _tape.Seed = seed;
            Tensor losses = _pass.Losses(_tape, batch, 1f / _streams.Batch);
            _tape.Backward();
            _model.Parameters.ZeroUnreachedGradients(_tape);
            device.Fill(_stepState, 0);
            device.SumLosses(losses, _stepState, batch.Tensors[1]);
            _model.Parameters.GradientNorm(_options.ClipNorm, _stepState);
            _optimiser.Step(rate, _stepState);
            device.Download(_stepState, MemoryMarshal.AsBytes(_stepValues.AsSpan()));
            StepState state = new(_stepValues);
            _optimiser.Confirm(state.Skipped);
            return state;
        }
        finally
        {
            _tape.Reset();
            batch.Release();
        }
    }

    private bool EvaluationDue() =>
        _state.Step == _totalSteps || (_options.EvaluationSteps > 0 ? _state.Step % _options.EvaluationSteps == 0 : _state.Batch == _streams.Windows);

    private void Evaluate(CancellationToken cancellationToken)
    {
        double loss = _state.Scored == 0 ? double.NaN : _state.LossSum / _state.Scored;
        LikelihoodResult? valid = _valid is null ? null : new TextLikelihood(_model).Run(_valid, EvaluationStreams, _options.EvaluationTokens, cancellationToken: cancellationToken);
        double metric = valid is { } scored ? -scored.LogLikelihood / scored.Tokens : loss;
        bool best = metric < _state.Best;
        LanguageEvaluationProgress progress = new(
            _state.Epoch + 1, _state.Step, Math.Exp(loss), valid?.Perplexity ?? double.NaN, valid?.Bits ?? double.NaN, best, TimeSpan.FromSeconds(_state.Seconds), _state.Skipped);
        _state.LossSum = 0;
        _state.Scored = 0;
        _state.Skipped = 0;
        _state.SinceBest = best ? 0 : _state.SinceBest + 1;
        if (_options.Schedule == "plateau")
        {
            PlateauSchedule plateau = new(new PlateauOptions { Patience = 0 }, _state.Plateau);
            plateau.Report(metric);
            _state.Plateau = plateau.State;
        }

        _state.Log.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Epoch}\t{progress.Step}\t{progress.Perplexity:F3}\t{progress.ValidPerplexity:F3}\t{progress.ValidBits:F4}\t{(best ? "best" : "")}\t{_state.Seconds:F0}"));
        if (best)
        {
            _state.Best = metric;
            LanguageModelPackage.Save(_folder.Folder, _model, _description with
            {
                Training = _description.Training with { Epochs = _state.Epoch + 1, Steps = _state.Step, ValidPerplexity = valid?.Perplexity ?? 0 },
            }, _format);
        }

        _folder.WriteLog("epoch\tstep\tperplexity\tvalid_perplexity\tvalid_bits\tbest\tseconds", _state.Log);
        _progress.Report(progress);
    }

    private void ReportStep(StepState result, float rate, double seconds, long steps)
    {
        double perStep = seconds / Math.Max(1, steps);
        _progress.Report(new LanguageStepProgress(
            _state.Epoch + 1,
            _options.Epochs,
            _state.Batch,
            _streams.Windows,
            _state.Scored == 0 ? double.NaN : Math.Exp(_state.LossSum / _state.Scored),
            result.Norm,
            rate,
            _streams.Batch * (double)_options.Window / perStep,
            _state.Step / (double)_totalSteps,
            TimeSpan.FromSeconds((_totalSteps - _state.Step) * perStep)));
    }

    private void Save() => _folder.SaveCheckpoint(_model.Parameters, _optimiser, _state, _pass.Export());

    private void Report(string text) => _progress.Report(new TrainingMessage(text));

    private string Fingerprint(TokenText train) => RunFolder.Fingerprint(
        _model.Options.ToString(),
        _model.TokenCount.ToString(CultureInfo.InvariantCulture),
        (_options with { CheckpointMinutes = 1, MaximumSkippedSteps = 1, EvaluationTokens = 0 }).ToString(),
        train.Count.ToString(CultureInfo.InvariantCulture));
}
