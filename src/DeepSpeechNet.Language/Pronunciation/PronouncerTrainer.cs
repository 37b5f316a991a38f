using System.Diagnostics;
using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Operations;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Language.Pronunciation;

/// <summary>How a pronouncer is trained.</summary>
public sealed record PronouncerTrainerOptions
{
    /// <summary>Passes over the dictionary.</summary>
    public int Epochs { get; init; } = 12;

    /// <summary>Words of a batch.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The highest learning rate (Adam); it falls as half a cosine.</summary>
    public float LearningRate { get; init; } = 3e-3f;

    /// <summary>Gradients are scaled down to this Euclidean norm.</summary>
    public float ClipNorm { get; init; } = 5;

    /// <summary>How often a frequent word comes in an epoch in which others come once.</summary>
    public int FrequentTimes { get; init; } = 3;

    /// <summary>One of so many words that are not frequent is held out to measure by.</summary>
    public int HeldOutOneOf { get; init; } = 50;

    /// <summary>Chooses every random draw.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        Check(nameof(Epochs), Epochs, 1, 10_000);
        Check(nameof(BatchSize), BatchSize, 1, 4096);
        Check(nameof(LearningRate), LearningRate, 0, 100);
        Check(nameof(ClipNorm), ClipNorm, 0, 1e9);
        Check(nameof(FrequentTimes), FrequentTimes, 1, 1000);
        Check(nameof(HeldOutOneOf), HeldOutOneOf, 2, 1_000_000);
    }

    private static void Check(string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentException($"{name} is {value}; it must be {low} to {high}.");
    }
}

/// <summary>After some steps of training a pronouncer.</summary>
/// <param name="Epoch">From 1 on.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Done">Share of all steps that is done, 0 to 1.</param>
/// <param name="Loss">Mean loss of a word in this epoch, in nats.</param>
/// <param name="WordsPerSecond">Since the run began.</param>
/// <param name="TimeLeft">Estimated until the last step.</param>
public sealed record PronouncerStepProgress(int Epoch, int Epochs, double Done, double Loss, double WordsPerSecond, TimeSpan TimeLeft) : TrainingProgress;

/// <summary>How well a pronouncer says words.</summary>
/// <param name="Words">Words tried.</param>
/// <param name="Right">Of them, those said as the dictionary has them.</param>
/// <param name="Phones">Errors in phones.</param>
public readonly record struct PronouncerAccuracy(int Words, int Right, EditCounts Phones);

/// <summary>Trains a pronouncer on a dictionary. On the processor the same dictionary and seed give the same weights.</summary>
public sealed class PronouncerTrainer
{
    private readonly PronouncerTrainerOptions _options;
    private readonly PhoneTranscriber _phones;
    private readonly PronouncingNetwork _network;
    private readonly string[] _train;

    /// <summary>A run over a dictionary.</summary>
    /// <param name="device">Where the network is trained.</param>
    /// <param name="dictionary">How words are said; it must not change any more.</param>
    /// <param name="frequent">Words that count more, and none of which is held out; those that the dictionary lacks are passed over.</param>
    /// <param name="shape">The network's shape.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the dictionary has fewer words than are held out and trained on.</exception>
    public PronouncerTrainer(Device device, Pronunciations dictionary, IEnumerable<string> frequent, PronouncerOptions shape, PronouncerTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(frequent);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _phones = new PhoneTranscriber(dictionary);
        _network = new PronouncingNetwork(device, shape, _phones.Phones.Count, options.Seed, training: true);
        HashSet<string> often = [.. frequent.Where(w => dictionary.Find(w) is not null)];
        string[] words = [.. dictionary.Words.Where(Fits).Order(StringComparer.Ordinal)], others = [.. words.Where(w => !often.Contains(w))];
        HeldOut = [.. others.Where((_, i) => i % options.HeldOutOneOf == options.HeldOutOneOf - 1)];
        Frequent = [.. words.Where(often.Contains)];
        HashSet<string> held = [.. HeldOut];
        _train = [.. words.Where(w => !held.Contains(w)), .. Enumerable.Repeat(Frequent, options.FrequentTimes - 1).SelectMany(w => w)];
        if (_train.Length == 0)
            throw new ArgumentException("The pronouncing dictionary has too few words to learn from.", nameof(dictionary));
        Pronouncer = new Pronouncer(_network, _phones.Phones);
    }

    /// <summary>What is trained.</summary>
    public Pronouncer Pronouncer { get; }

    /// <summary>Words that are not trained on.</summary>
    public IReadOnlyList<string> HeldOut { get; }

    /// <summary>The frequent words that the dictionary has.</summary>
    public IReadOnlyList<string> Frequent { get; }

    /// <summary>Trains.</summary>
    /// <param name="progress">Hears of steps.</param>
    /// <param name="epochDone">Called after each epoch with its number, from 1 on, and its mean loss.</param>
    /// <param name="cancellationToken">Stops it after the step under way.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="TrainingException">The loss is no number any more.</exception>
    public void Run(IProgress<TrainingProgress> progress, Action<int, double> epochDone, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(epochDone);
        Optimiser optimiser = Optimiser.Create(_network.Device, _network.Parameters, new AdamOptions());
        LearningRateSchedule schedule = LearningRateSchedule.Cosine(_options.LearningRate, StepsOf(1) / 5, StepsOf(_options.Epochs), 0.01f * _options.LearningRate);
        Tensor state = _network.Device.Allocate(ElementType.Float32, new Shape(StepState.Length));
        Tape tape = new(_network.Device, recording: true);
        Stopwatch clock = Stopwatch.StartNew();
        long step = 0, words = 0;
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            double sum = 0;
            int done = 0;
            foreach (string[] batch in Batches(epoch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                StepState result = Step(tape, optimiser, state, batch, schedule.At(step));
                if (result.Skipped)
                    throw new TrainingException($"The loss is no number any more after {step} steps; try a lower learning rate.");
                sum += result.MeanLoss * (double)batch.Length;
                done += batch.Length;
                words += batch.Length;
                step++;
                double part = step / (double)StepsOf(_options.Epochs), seconds = clock.Elapsed.TotalSeconds;
                progress.Report(new PronouncerStepProgress(epoch + 1, _options.Epochs, part, sum / done, words / seconds, TimeSpan.FromSeconds(seconds * (1 - part) / part)));
            }

            epochDone(epoch + 1, sum / done);
        }

        _network.Device.Release(state);
    }

    /// <summary>How well words of the dictionary are said.</summary>
    public PronouncerAccuracy Measure(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        IReadOnlyList<SpokenWord> said = Pronouncer.Say(words);
        EditCounts errors = default;
        int right = 0;
        for (int i = 0; i < words.Count; i++)
        {
            EditCounts own = EditDistance.Count<int>(_phones.Transcribe(words[i])!, said[i].Phones.Span);
            errors += own;
            right += own.Errors == 0 ? 1 : 0;
        }

        return new PronouncerAccuracy(words.Count, right, errors);
    }

    private long StepsOf(int epochs) => (long)epochs * ((_train.Length + _options.BatchSize - 1) / _options.BatchSize);

    /// <summary>The words in batches of like lengths, which an epoch takes in an order of its own.</summary>
    private IEnumerable<string[]> Batches(int epoch)
    {
        ulong seed = CounterRandom.Fork(_options.Seed, (ulong)epoch);
        string[] words = [.. _train.Select((w, i) => (w, Key: w.Length + (2 * CounterRandom.Uniform(seed, (ulong)i)))).OrderBy(x => x.Key).Select(x => x.w)];
        return words.Chunk(_options.BatchSize).Select((b, i) => (b, Key: CounterRandom.Uniform(seed, (ulong)(words.Length + i)))).OrderBy(x => x.Key).Select(x => x.b);
    }

    private StepState Step(Tape tape, Optimiser optimiser, Tensor state, string[] words, float rate)
    {
        HostBatch host = new();
        _network.AddWords(host, words);
        CtcTexts.Add(host, [.. words.Select(w => _phones.Transcribe(w)!)]);
        DeviceBatch batch = host.Upload(_network.Device);
        try
        {
            Tensor logits = _network.Logits(tape, batch.Tensors[0], batch.Tensors[1]);
            Tensor losses = CtcLoss.Apply(tape, logits, batch.Tensors[1], batch.Tensors[2], batch.Tensors[3], _network.Classes - 1, 1f / words.Length);
            tape.Backward();
            _network.Parameters.ZeroUnreachedGradients(tape);
            _network.Device.Fill(state, 0);
            _network.Device.SumLosses(losses, state);
            _network.Parameters.GradientNorm(_options.ClipNorm, state);
            optimiser.Step(rate, state);
            float[] values = new float[StepState.Length];
            _network.Device.Download(state, MemoryMarshal.AsBytes(values.AsSpan()));
            StepState result = new(values);
            optimiser.Confirm(result.Skipped);
            return result;
        }
        finally
        {
            tape.Reset();
            batch.Release();
        }
    }

    /// <summary>Whether CTC has a path for the word's phones.</summary>
    private bool Fits(string word) => CtcTexts.FramesNeeded(_phones.Transcribe(word)!) <= _network.Steps(word);
}
