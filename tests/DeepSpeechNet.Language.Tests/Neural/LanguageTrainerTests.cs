using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Neural;

namespace DeepSpeechNet.Language.Tests.Neural;

public sealed class LanguageTrainerTests : IDisposable
{
    private static readonly CharacterTokens Letters = new(new Alphabet("abcd"));
    private readonly string _folder = Directory.CreateTempSubdirectory("language-trainer").FullName;
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(LanguageNetwork.Recurrent, OutputLayer.Softmax)]
    [InlineData(LanguageNetwork.FeedForward, OutputLayer.Softmax)]
    [InlineData(LanguageNetwork.Recurrent, OutputLayer.Hierarchical)]
    [InlineData(LanguageNetwork.Recurrent, OutputLayer.Sampled)]
    public async Task A_source_of_known_entropy_is_learnt_up_to_it(LanguageNetwork network, OutputLayer output)
    {
        // Three pairs a sentence, each ab or cd: 3 bits for 7 symbols. Seeing the last six letters is enough to know all there is to know.
        double entropy = 3.0 / 7;
        NeuralLanguageModelOptions shape = network == LanguageNetwork.Recurrent
            ? new() { Unit = LanguageUnit.Characters, Cell = CellKind.GruResetAfter, Hidden = 24, Embedding = 0 }
            : new() { Unit = LanguageUnit.Characters, Network = network, Hidden = 32, Embedding = 6, Context = 6 };
        shape = shape with { Output = output, Samples = 8 };
        LanguageTrainerOptions options = new()
        {
            Epochs = 12,
            BatchSize = 16,
            Window = 14,
            LearningRate = 0.01f,
            Optimiser = "adam",
            Schedule = "cosine",
            InitialRange = 0,
            ClipNorm = 50,
        };
        TokenText train = TokenText.Of(Letters, Pairs(1, 1500)), valid = TokenText.Of(Letters, Pairs(2, 300));
        Recorder recorder = new();
        LanguageTrainer trainer = Trainer(Model(shape, train.Counts()), options, train, valid, "learn", recorder);
        Assert.Equal(TrainingOutcome.Finished, await trainer.RunAsync(CancellationToken.None));
        LanguageEvaluationProgress[] evaluations = [.. recorder.All.OfType<LanguageEvaluationProgress>()];
        Assert.Equal(12, evaluations.Length);
        Assert.InRange(evaluations[^1].ValidBits, entropy * 0.97, entropy * 1.05);

        (NeuralLanguageModel loaded, LanguageModelDescription description) = LanguageModelPackage.Load(Path.Combine(_folder, "learn"), _device);
        LikelihoodResult again = new TextLikelihood(loaded).Run(valid, 20);
        Assert.Equal(evaluations.Min(e => e.ValidBits), again.Bits, 1e-6);
        Assert.Equal(description.Training.ValidPerplexity, again.Perplexity, 1e-6);
        Assert.Equal(13, (await File.ReadAllLinesAsync(Path.Combine(_folder, "learn", "log.tsv"))).Length);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public async Task An_interrupted_run_ends_in_the_same_bits(string optimiser)
    {
        NeuralLanguageModelOptions shape = new() { Unit = LanguageUnit.Characters, Cell = CellKind.Lstm, Hidden = 12, Embedding = 8, Layers = 2, Dropout = 0.3f };
        LanguageTrainerOptions options = new()
        {
            Epochs = 2,
            BatchSize = 4,
            Window = 9,
            Optimiser = optimiser,
            LearningRate = optimiser == "sgd" ? 0.5f : 0.01f,
            FullRateEpochs = 1,
            ForgetRate = 0.2,
            EvaluationSteps = 7,
        };
        TokenText train = TokenText.Of(Letters, Pairs(3, 100)), valid = TokenText.Of(Letters, Pairs(4, 20));
        NeuralLanguageModel whole = Model(shape);
        await Trainer(whole, options, train, valid, optimiser + "-whole", new Recorder()).RunAsync(CancellationToken.None);

        string cut = optimiser + "-cut";
        foreach (int stopAt in (int[])[5, 17, 23])
        {
            using CancellationTokenSource stop = new();
            LanguageTrainer part = Trainer(Model(shape), options, train, valid, cut, new Recorder(stop, stopAt));
            Assert.Equal(stopAt != 5, part.Resume());
            Assert.Equal(TrainingOutcome.Interrupted, await part.RunAsync(stop.Token));
        }

        NeuralLanguageModel last = Model(shape);
        LanguageTrainer rest = Trainer(last, options, train, valid, cut, new Recorder());
        Assert.True(rest.Resume());
        Assert.Equal(TrainingOutcome.Finished, await rest.RunAsync(CancellationToken.None));
        foreach ((Parameter a, Parameter b) in whole.Parameters.Parameters.Zip(last.Parameters.Parameters))
            Assert.Equal(ParameterSet.Get(a), ParameterSet.Get(b));
    }

    [Fact]
    public async Task Another_run_s_checkpoint_is_refused()
    {
        NeuralLanguageModelOptions shape = new() { Unit = LanguageUnit.Characters, Cell = CellKind.Tanh, Hidden = 8, Embedding = 0 };
        TokenText train = TokenText.Of(Letters, Pairs(3, 20));
        LanguageTrainerOptions options = new() { Epochs = 1 };
        await Trainer(Model(shape), options, train, null, "one", new Recorder()).RunAsync(CancellationToken.None);
        LanguageTrainer other = Trainer(Model(shape), options with { LearningRate = 0.5f }, train, null, "one", new Recorder());
        Assert.Contains("other settings", Assert.Throws<TrainingException>(() => other.Resume()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Training_stops_when_the_valid_text_gets_no_likelier()
    {
        NeuralLanguageModelOptions shape = new() { Unit = LanguageUnit.Characters, Cell = CellKind.Tanh, Hidden = 8, Embedding = 0 };
        LanguageTrainerOptions options = new() { Epochs = 50, LearningRate = 1e-9f, Patience = 2 };
        Recorder recorder = new();
        LanguageTrainer trainer = Trainer(Model(shape), options, TokenText.Of(Letters, Pairs(3, 20)), TokenText.Of(Letters, ["dadada", "cccc"]), "stop", recorder);
        Assert.Equal(TrainingOutcome.StoppedEarly, await trainer.RunAsync(CancellationToken.None));
        Assert.True(recorder.All.OfType<LanguageEvaluationProgress>().Count() < 40);
    }

    [Fact]
    public async Task A_run_shorter_than_the_text_begins_where_its_seed_says()
    {
        NeuralLanguageModelOptions shape = new() { Unit = LanguageUnit.Characters, Cell = CellKind.Tanh, Hidden = 8, Embedding = 0 };
        TokenText train = TokenText.Of(Letters, Pairs(3, 200));
        int runs = 0;
        Assert.Equal(await FirstLoss(1, 0), await FirstLoss(2, 0));
        HashSet<double> losses = [];
        for (ulong seed = 1; seed <= 4; seed++)
            losses.Add(await FirstLoss(seed, 3));
        Assert.True(losses.Count > 2);
        Assert.Equal(await FirstLoss(7, 3), await FirstLoss(7, 3));

        async Task<double> FirstLoss(ulong seed, int steps)
        {
            Recorder recorder = new();
            LanguageTrainerOptions options = new() { Epochs = 1, BatchSize = 2, Window = 10, LearningRate = 1e-9f, Seed = seed, MaximumSteps = steps };
            await Trainer(Model(shape), options, train, null, $"begin-{runs++}", recorder).RunAsync(CancellationToken.None);
            return recorder.All.OfType<LanguageStepProgress>().First().Perplexity;
        }
    }

    private static IEnumerable<string> Pairs(int seed, int sentences)
    {
        Random random = new(seed);
        for (int i = 0; i < sentences; i++)
            yield return string.Concat(Enumerable.Range(0, 3).Select(_ => random.Next(2) == 0 ? "ab" : "cd"));
    }

    private NeuralLanguageModel Model(NeuralLanguageModelOptions shape, long[]? counts = null) =>
        new(_device, shape, Letters.Count, Letters.End, seed: 5, training: true, counts: counts);

    private LanguageTrainer Trainer(NeuralLanguageModel model, LanguageTrainerOptions options, TokenText train, TokenText? valid, string folder, Recorder recorder) =>
        new(model, new LanguageModelDescription { Options = model.Options, Tokens = Letters }, options, train, valid, Path.Combine(_folder, folder), recorder);

    private sealed class Recorder(CancellationTokenSource? stop = null, int stopAt = 0) : IProgress<TrainingProgress>
    {
        private int _steps;

        public List<TrainingProgress> All { get; } = [];

        public void Report(TrainingProgress value)
        {
            All.Add(value);
            if (value is TrainingMessage message && message.Text.StartsWith("Resumed", StringComparison.Ordinal))
                _steps = int.Parse(message.Text[(message.Text.LastIndexOf(' ') + 1)..^2]);
            if (value is LanguageStepProgress && ++_steps == stopAt)
                stop?.Cancel();
        }
    }
}
