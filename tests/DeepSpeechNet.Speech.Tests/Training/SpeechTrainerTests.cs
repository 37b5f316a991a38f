using System.Globalization;
using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Pronunciation;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Tests.Corpora;
using DeepSpeechNet.Speech.Training;

namespace DeepSpeechNet.Speech.Tests.Training;

public sealed class SpeechTrainerTests : IDisposable
{
    private static readonly Alphabet Letters = new(" abc");
    private static readonly FrontEndOptions FrontEnd = new() { MelBins = 16 };
    private static readonly AcousticModelOptions Shape = new() { Context = 2, Stride = 2, Hidden = 24, DenseLayers = 1, Cell = CellKind.GruResetAfter, Dropout = 0.05f };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_small_network_learns_a_language_of_tones()
    {
        using FakeCorpus train = ToneCorpus.Make(60, 1), dev = ToneCorpus.Make(20, 2);
        Messages messages = new();
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        SpeechTrainer trainer = Trainer(device, train, dev, "learn", messages, new SpeechTrainerOptions { Epochs = 30, BatchSize = 8, LearningRate = 0.01f }, out _);

        Assert.Equal(TrainingOutcome.Finished, await trainer.RunAsync(default));

        EpochProgress last = messages.Epochs[^1];
        Assert.True(last.CharacterErrorRate < 0.1, $"CER {last.CharacterErrorRate:P1} after {last.Epoch} epochs, loss {last.Loss:F3}");
        Assert.True(messages.Epochs[0].Loss > 4 * last.Loss, "The loss has hardly fallen.");
        Assert.Equal(1 + 30, (await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "learn", "log.tsv"))).Length);

        await using Recognizer recognizer = await Recognizer.LoadAsync(Path.Combine(_folder.Path, "learn"), threads: 1);
        using SampleBuffer sound = dev.ReadSamples(0);
        Transcript transcript = await recognizer.TranscribeAsync(sound.Memory);
        Assert.Equal(dev[0].Text, transcript.Text);
        Assert.NotEmpty(transcript.Words);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(13)]
    public async Task A_run_that_was_stopped_and_resumed_ends_in_the_same_bits(int stopAfter)
    {
        using FakeCorpus train = ToneCorpus.Make(30, 3), dev = ToneCorpus.Make(6, 4);
        SpeechTrainerOptions options = new() { Epochs = 3, BatchSize = 6, LearningRate = 0.005f };
        float[] unbroken = await Run("unbroken", train, dev, options, stopAfter: int.MaxValue, resume: false);

        using CancellationTokenSource stop = new();
        await Run("stopped", train, dev, options, stopAfter, resume: false, stop);
        float[] resumed = await Run("stopped", train, dev, options, int.MaxValue, resume: true);

        Assert.Equal(unbroken, resumed);
    }

    [Fact]
    public async Task A_run_that_died_without_saving_goes_on_from_its_last_checkpoint_to_the_same_bits()
    {
        using FakeCorpus train = ToneCorpus.Make(30, 3), dev = ToneCorpus.Make(6, 4);
        SpeechTrainerOptions options = new() { Epochs = 3, BatchSize = 6, LearningRate = 0.005f, CheckpointMinutes = 0 };
        float[] unbroken = await Run("unbroken", train, dev, options, int.MaxValue, resume: false);

        await Assert.ThrowsAsync<DeathException>(() => Run("died", train, dev, options, stopAfter: 8, resume: false, die: true));
        float[] resumed = await Run("died", train, dev, options, int.MaxValue, resume: true);

        Assert.Equal(unbroken, resumed);
    }

    [Fact]
    public async Task Phones_are_learned_beside_the_letters_where_the_dictionary_has_the_words()
    {
        using FakeCorpus train = ToneCorpus.Make(60, 1), dev = ToneCorpus.Make(20, 2);
        Messages messages = new();
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        PhoneTranscriber phones = Tones(word => word[0] != 'c');
        Assert.Contains(Enumerable.Range(0, train.Count), i => phones.Transcribe(train[i].Text) is null);
        SpeechTrainerOptions options = new() { Epochs = 30, BatchSize = 8, LearningRate = 0.01f };
        SpeechTrainer trainer = Trainer(device, train, dev, "phones", messages, options, out _, phones: phones);

        await trainer.RunAsync(default);

        EpochProgress last = messages.Epochs[^1];
        Assert.True(last.PhoneErrorRate < 0.1, $"phones {last.PhoneErrorRate:P1} wrong");
        Assert.True(last.CharacterErrorRate < 0.1, $"CER {last.CharacterErrorRate:P1}");
        string[] log = await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "phones", "log.tsv"));
        Assert.EndsWith("dev_per", log[0], StringComparison.Ordinal);
        Assert.EndsWith(last.PhoneErrorRate.ToString("F4", CultureInfo.InvariantCulture), log[^1], StringComparison.Ordinal);

        // What is saved recognises as any other, and a run without phones can start from it.
        (AcousticModel saved, ModelDescription description) = ModelPackage.Load(Path.Combine(_folder.Path, "phones"), device);
        Assert.Equal(3, description.Acoustic.Phones);
        Assert.True(new AcousticModel(device, Shape, saved.Features, saved.Classes, 1, training: true).TryStartFrom(saved));
        await using Recognizer recognizer = await Recognizer.LoadAsync(Path.Combine(_folder.Path, "phones"), threads: 1);
        using SampleBuffer sound = dev.ReadSamples(0);
        Assert.Equal(dev[0].Text, (await recognizer.TranscribeAsync(sound.Memory)).Text);
    }

    [Fact]
    public async Task A_run_with_phones_resumes_to_the_same_bits()
    {
        using FakeCorpus train = ToneCorpus.Make(18, 3), dev = ToneCorpus.Make(6, 4);
        SpeechTrainerOptions options = new() { Epochs = 3, BatchSize = 6, LearningRate = 0.005f };
        PhoneTranscriber phones = Tones(_ => true);
        float[] unbroken = await Run("unbroken", train, dev, options, int.MaxValue, resume: false, phones: phones);
        using CancellationTokenSource stop = new();
        await Run("stopped", train, dev, options, stopAfter: 5, resume: false, stop, phones: phones);
        Assert.Equal(unbroken, await Run("stopped", train, dev, options, int.MaxValue, resume: true, phones: phones));
    }

    [Fact]
    public async Task Phones_of_no_weight_teach_the_letters_nothing()
    {
        using FakeCorpus train = ToneCorpus.Make(18, 3);
        SpeechTrainerOptions options = new() { Epochs = 1, BatchSize = 6, PhoneWeight = 0, ClipNorm = 0, WeightDecay = 0 };
        float[] without = await Run("without", train, null, options, int.MaxValue, resume: false);
        float[] with = await Run("with", train, null, options, int.MaxValue, resume: false, phones: Tones(_ => true), dropout: 0);
        float[] plain = await Run("plain", train, null, options, int.MaxValue, resume: false, dropout: 0);
        Assert.NotEqual(without, plain);
        Assert.Equal(plain, with[..plain.Length]);
    }

    [Fact]
    public void The_network_must_have_as_many_phones_as_the_texts()
    {
        using FakeCorpus train = ToneCorpus.Make(4, 3);
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        AcousticModel model = new(device, Shape, new FeatureExtractor(FrontEnd).FeatureCount, Letters.ClassCount, 1, training: true);
        ModelDescription description = new() { Alphabet = Letters, FrontEnd = FrontEnd, Acoustic = Shape };
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new SpeechTrainer(model, description, new SpeechTrainerOptions(), train, null, _folder.Path, new Messages(), phones: Tones(_ => true)));
        Assert.Contains("0 phones", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cutting_needs_word_times()
    {
        using FakeCorpus train = ToneCorpus.Make(4, 3);
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        Assert.Throws<ArgumentException>(() => Trainer(device, train, null, "cut", new Messages(), new SpeechTrainerOptions { CutProbability = 0.5 }, out _));
        Assert.Throws<ArgumentException>(() => new SpeechTrainerOptions { CutProbability = 1.5 }.Validate());
    }

    [Theory]
    [InlineData("adam", "plateau")]
    [InlineData("nesterov", "one-cycle")]
    [InlineData("sgd", "constant")]
    [InlineData("adamw", "cosine", 0.9f)]
    public async Task Every_optimiser_schedule_and_average_resumes_to_the_same_bits(string optimiser, string schedule, float average = 0)
    {
        using FakeCorpus train = ToneCorpus.Make(18, 3), dev = ToneCorpus.Make(6, 4);
        SpeechTrainerOptions options = new() { Epochs = 4, BatchSize = 6, LearningRate = 0.002f, Optimiser = optimiser, Schedule = schedule, ClipValue = 1, WeightAverage = average };
        float[] unbroken = await Run("unbroken", train, dev, options, int.MaxValue, resume: false);

        using CancellationTokenSource stop = new();
        await Run("stopped", train, dev, options, stopAfter: 8, resume: false, stop);
        Assert.Equal(unbroken, await Run("stopped", train, dev, options, int.MaxValue, resume: true));
    }

    [Fact]
    public async Task The_number_of_threads_does_not_change_a_bit()
    {
        using FakeCorpus train = ToneCorpus.Make(18, 5);
        SpeechTrainerOptions options = new() { Epochs = 2, BatchSize = 6 };
        float[] one = await Run("one", train, null, options, int.MaxValue, resume: false, threads: 1);
        float[] three = await Run("three", train, null, options with { PreparationThreads = 3 }, int.MaxValue, resume: false, threads: 3);
        Assert.Equal(one, three);
    }

    [Fact]
    public async Task A_loss_that_is_not_a_number_skips_the_batch_and_names_the_utterance()
    {
        using FakeCorpus train = ToneCorpus.Make(12, 6, (4, (entry, samples) =>
        {
            samples[0] = PoisonAugmenter.Mark;
            return (entry, samples);
        }
        ));
        Messages messages = new();
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        SpeechTrainer trainer = Trainer(device, train, null, "nan", messages, new SpeechTrainerOptions { Epochs = 1, BatchSize = 4 }, out AcousticModel model, () => new PoisonAugmenter());

        await trainer.RunAsync(default);

        Assert.Contains(messages.Texts, text => text.Contains("Skipped", StringComparison.Ordinal) && text.Contains("clip4", StringComparison.Ordinal) && !text.Contains("clip5", StringComparison.Ordinal));
        Assert.Equal(1, messages.Epochs[0].SkippedSteps);
        Assert.All(Weights(model), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public async Task Texts_that_cannot_be_learned_are_left_out_by_name_and_the_rest_goes_on()
    {
        using FakeCorpus train = ToneCorpus.Make(
            10,
            7,
            (2, (entry, samples) => (entry with { Text = new string('a', 200) }, samples)),
            (3, (entry, samples) => (entry with { Text = "xyz" }, samples)));
        Messages messages = new();
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        SpeechTrainer trainer = Trainer(device, train, null, "left", messages, new SpeechTrainerOptions { Epochs = 1, BatchSize = 4 }, out _);

        Assert.Equal(TrainingOutcome.Finished, await trainer.RunAsync(default));

        Assert.Contains(messages.Texts, text => text.Contains("clip2", StringComparison.Ordinal) && text.Contains("cannot fit", StringComparison.Ordinal));
        Assert.Contains(messages.Texts, text => text.Contains("clip3", StringComparison.Ordinal) && text.Contains('x'));
        Assert.True(double.IsFinite(messages.Epochs[0].Loss));
    }

    [Fact]
    public async Task While_a_pause_file_is_there_the_run_saves_and_waits()
    {
        using FakeCorpus train = ToneCorpus.Make(12, 8);
        string folder = Path.Combine(_folder.Path, "pause"), file = Path.Combine(folder, "pause");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(file, "");
        Messages messages = new() { OnMessage = text => { if (text.StartsWith("Paused", StringComparison.Ordinal)) File.Delete(file); } };
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        SpeechTrainer trainer = Trainer(device, train, null, "pause", messages, new SpeechTrainerOptions { Epochs = 1, BatchSize = 4 }, out _);

        Assert.Equal(TrainingOutcome.Finished, await trainer.RunAsync(default));
        Assert.Contains(messages.Texts, text => text.StartsWith("Paused", StringComparison.Ordinal));
        Assert.True(trainer.CanResume);
    }

    [Fact]
    public async Task The_average_of_the_weights_is_what_is_saved_and_training_goes_on_as_without_it()
    {
        using FakeCorpus train = ToneCorpus.Make(24, 3);
        SpeechTrainerOptions options = new() { Epochs = 2, BatchSize = 6, LearningRate = 0.005f };
        float[] plain = await Run("plain", train, null, options, int.MaxValue, resume: false);
        float[] averaging = await Run("averaging", train, null, options with { WeightAverage = 0.9f }, int.MaxValue, resume: false);
        Assert.Equal(plain, averaging);

        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        Assert.NotEqual(
            Weights(ModelPackage.Load(Path.Combine(_folder.Path, "plain"), device).Model),
            Weights(ModelPackage.Load(Path.Combine(_folder.Path, "averaging"), device).Model));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.9f)]
    public async Task A_stop_in_the_middle_of_an_evaluation_loses_nothing(float average)
    {
        using FakeCorpus train = ToneCorpus.Make(30, 3), quiet = ToneCorpus.Make(6, 4);
        SpeechTrainerOptions options = new() { Epochs = 2, BatchSize = 6, LearningRate = 0.005f, WeightAverage = average };
        float[] unbroken = await Run("unbroken", train, quiet, options, int.MaxValue, resume: false);

        using CancellationTokenSource stop = new();
        using CancellingCorpus dev = new(quiet, stop);
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        SpeechTrainer trainer = Trainer(device, train, dev, "evaluating", new Messages(), options, out _);
        Assert.Equal(TrainingOutcome.Interrupted, await trainer.RunAsync(stop.Token));
        float[] resumed = await Run("evaluating", train, quiet, options, int.MaxValue, resume: true);

        Assert.Equal(unbroken, resumed);
    }

    [Fact]
    public async Task A_checkpoint_of_other_settings_is_refused()
    {
        using FakeCorpus train = ToneCorpus.Make(12, 9);
        await Run("mine", train, null, new SpeechTrainerOptions { Epochs = 1, BatchSize = 4 }, int.MaxValue, resume: false);
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        SpeechTrainer other = Trainer(device, train, null, "mine", new Messages(), new SpeechTrainerOptions { Epochs = 1, BatchSize = 5 }, out _);
        Assert.Contains("other settings", Assert.Throws<TrainingException>(() => other.Resume()).Message, StringComparison.Ordinal);
    }

    private SpeechTrainer Trainer(
        CpuDevice device,
        ISpeechCorpus train,
        ISpeechCorpus? dev,
        string name,
        Messages messages,
        SpeechTrainerOptions options,
        out AcousticModel model,
        Func<IUtteranceAugmenter>? augmenter = null,
        PhoneTranscriber? phones = null,
        float? dropout = null)
    {
        AcousticModelOptions shape = Shape with { Phones = phones?.Phones.Count ?? 0, Dropout = dropout ?? Shape.Dropout };
        model = new AcousticModel(device, shape, new FeatureExtractor(FrontEnd).FeatureCount, Letters.ClassCount, 1, training: true);
        ModelDescription description = new() { Alphabet = Letters, FrontEnd = FrontEnd, Acoustic = shape };
        return new SpeechTrainer(model, description, options, train, dev, Path.Combine(_folder.Path, name), messages, augmenter, phones: phones);
    }

    /// <summary>The tones as phones, of those words of the tone language that are wanted.</summary>
    private static PhoneTranscriber Tones(Func<string, bool> wanted)
    {
        IEnumerable<string> two = from x in "abc" from y in "abc" select $"{x}{y}", three = two.SelectMany(w => "abc".Select(c => w + c)), four = three.SelectMany(w => "abc".Select(c => w + c));
        string[] names = ["LOW", "MIDDLE", "HIGH"];
        string lines = string.Join('\n', two.Concat(three).Concat(four).Where(wanted).Select(w => $"{w} {string.Join(' ', w.Select(c => names[c - 'a']))}"));
        return new PhoneTranscriber(Pronunciations.Read(new StringReader(lines), "tones"));
    }

    private async Task<float[]> Run(
        string name, ISpeechCorpus train, ISpeechCorpus? dev, SpeechTrainerOptions options, int stopAfter, bool resume, CancellationTokenSource? stop = null, bool die = false, int threads = 1, PhoneTranscriber? phones = null, float? dropout = null)
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = threads });
        int steps = 0;
        Messages messages = new()
        {
            OnStep = () =>
            {
                if (++steps != stopAfter)
                    return;
                if (die)
                    throw new DeathException();
                stop?.Cancel();
            },
        };
        SpeechTrainer trainer = Trainer(device, train, dev, name, messages, options, out AcousticModel model, phones: phones, dropout: dropout);
        Assert.Equal(resume, resume && trainer.Resume());
        TrainingOutcome outcome = await trainer.RunAsync(stop?.Token ?? default);
        Assert.Equal(stopAfter == int.MaxValue ? TrainingOutcome.Finished : TrainingOutcome.Interrupted, outcome);
        return Weights(model);
    }

    private static float[] Weights(AcousticModel model) => [.. model.Parameters.Parameters.SelectMany(ParameterSet.Get)];

    /// <summary>Asks for a stop as soon as a clip is read.</summary>
    private sealed class CancellingCorpus(FakeCorpus inner, CancellationTokenSource stop) : ISpeechCorpus
    {
        public int Count => inner.Count;

        public int SampleRate => inner.SampleRate;

        public CorpusEntry this[int index] => inner[index];

        public SampleBuffer ReadSamples(int index)
        {
            stop.Cancel();
            return inner.ReadSamples(index);
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Makes the frames of an utterance that begins with the mark something that is no number.</summary>
    private sealed class PoisonAugmenter : IUtteranceAugmenter
    {
        public const float Mark = 0.7777f;
        private bool _marked;

        public ReadOnlySpan<float> Waveform(ReadOnlySpan<float> samples, ulong seed)
        {
            _marked = samples[0] == Mark;
            return samples;
        }

        public void Spectrogram(Span<float> frames, int frameCount, ulong seed)
        {
            if (_marked)
                frames[3] = float.NaN;
        }
    }

    private sealed class DeathException : Exception;

    private sealed class Messages : IProgress<TrainingProgress>
    {
        public List<string> Texts { get; } = [];

        public List<EpochProgress> Epochs { get; } = [];

        public Action? OnStep { get; init; }

        public Action<string>? OnMessage { get; init; }

        public void Report(TrainingProgress value)
        {
            switch (value)
            {
                case TrainingMessage message:
                    Texts.Add(message.Text);
                    OnMessage?.Invoke(message.Text);
                    break;
                case EpochProgress epoch:
                    Epochs.Add(epoch);
                    break;
                default:
                    OnStep?.Invoke();
                    break;
            }
        }
    }
}
