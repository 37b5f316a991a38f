using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Packages;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Tests.Corpora;
using DeepSpeechNet.Speech.Tuning;

namespace DeepSpeechNet.Speech.Tests.Tuning;

public sealed class DecoderTunerTests : IAsyncLifetime, IDisposable
{
    private static readonly Alphabet Small = new("ab ");
    private static readonly string[] Vocabulary = ["ab", "aab", "bba", "ba"];

    private readonly TemporaryFolder _folder = new();
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });
    private readonly List<TuningUtterance> _utterances = [];
    private Recognizer _recognizer = null!;

    public Task InitializeAsync()
    {
        string words = string.Concat(Vocabulary.Select(w => $"-0.7\t{w}\t0\n"));
        string arpa = _folder.File("lm.arpa");
        File.WriteAllText(arpa, $"\\data\\\nngram 1={3 + Vocabulary.Length}\n\n\\1-grams:\n-3\t<unk>\t0\n-99\t<s>\t0\n-0.9\t</s>\t0\n{words}\n\\end\\\n");
        FrontEndOptions frontEnd = new() { MelBins = 8 };
        AcousticModelOptions shape = new() { Context = 0, Hidden = 4, DenseLayers = 1 };
        AcousticModel model = new(_device, shape, new FeatureExtractor(frontEnd).FeatureCount, Small.ClassCount, 3, training: false);
        ModelDescription description = new() { Alphabet = Small, FrontEnd = frontEnd, Acoustic = shape };
        _recognizer = new Recognizer(model, description, language: LanguagePackage.Load(arpa));
        Random random = new(5);
        for (int i = 0; i < 24; i++)
        {
            string text = string.Join(' ', Enumerable.Range(0, 5).Select(_ => Vocabulary[random.Next(Vocabulary.Length)]));
            _utterances.Add(new TuningUtterance($"{i}", Posteriors(random, text), TimeSpan.FromSeconds(1), text));
        }

        _utterances.Add(new TuningUtterance("silence", default, TimeSpan.FromSeconds(1), ""));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _recognizer.DisposeAsync();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Trials_do_not_depend_on_threads()
    {
        DecoderSettings settings = new() { BeamWidth = 16 };
        DecodingTrial one = new DecodingTrials(_recognizer, _utterances, 1).Run(settings), many = new DecodingTrials(_recognizer, _utterances, 4).Run(settings);
        Assert.Equal(one.Words, many.Words);
        Assert.Equal(one.Characters, many.Characters);
        Assert.Equal(one.Confidences, many.Confidences);
        Assert.Equal(25, one.Utterances);
        Assert.Equal(120, one.Words.ReferenceLength);
    }

    [Fact]
    public void A_language_model_makes_fewer_errors_than_none()
    {
        DecodingTrials trials = new(_recognizer, _utterances, 1);
        DecodingTrial with = trials.Run(new DecoderSettings { BeamWidth = 32 }), without = trials.Run(new DecoderSettings { BeamWidth = 32 }.WithoutLanguageModel());
        Assert.True(with.Words.Errors < 0.8 * without.Words.Errors, $"{with.Words.Errors} against {without.Words.Errors}");
        Assert.True(with.IsBetterThan(without));
    }

    [Fact]
    public void The_search_ends_no_worse_than_it_began_and_the_same_seed_repeats_it()
    {
        DecoderTunerOptions options = new() { RandomTrials = 4, Rounds = 1, BeamWidths = [4, 8, 16] };
        List<(int Done, int All)> told = [];
        DecoderTuner tuner = new(new DecodingTrials(_recognizer, _utterances, 1), options, (_, done, all) => told.Add((done, all)));
        DecodingTrial best = tuner.Run(new DecoderSettings { NGramWeight = 0.01, WordBonus = -3, NeuralPass = NeuralPass.None });
        Assert.True(best.Words.Errors <= tuner.Trials[0].Words.Errors);
        Assert.Contains(best.Settings.BeamWidth, options.BeamWidths);
        Assert.Equal(Enumerable.Range(1, tuner.Trials.Count), told.Select(t => t.Done));
        Assert.All(told, t => Assert.True(t.All >= t.Done));
        DecodingTrial raw = tuner.Trials.First(t => t.Settings with { ConfidenceSlope = 0, ConfidenceOffset = 0 } == best.Settings with { ConfidenceSlope = 0, ConfidenceOffset = 0 });
        Assert.True(best.CalibrationError <= raw.CalibrationError + 0.02, $"{best.CalibrationError} against {raw.CalibrationError}");

        DecoderTuner again = new(new DecodingTrials(_recognizer, _utterances, 2), options);
        Assert.Equal(best.Settings, again.Run(new DecoderSettings { NGramWeight = 0.01, WordBonus = -3, NeuralPass = NeuralPass.None }).Settings);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        DecodingTrials trials = new(_recognizer, _utterances, 1);
        foreach (DecoderTunerOptions options in new DecoderTunerOptions[] { new() { RandomTrials = -1 }, new() { Rounds = -1 }, new() { BeamWidths = [] }, new() { BeamWidths = [0] }, new() { WorthOfWidth = 2 } })
            Assert.Throws<ArgumentException>(() => new DecoderTuner(trials, options));
        Assert.Throws<ArgumentException>(() => new DecodingTrials(_recognizer, []));
    }

    /// <summary>Log-probabilities in which the text is the likely reading, with doubts.</summary>
    private static float[] Posteriors(Random random, string text)
    {
        List<float> values = [];
        int last = -1;
        foreach (int label in Small.Encode(text))
        {
            if (label == last) Add(Small.BlankIndex);
            Add(label);
            last = label;
        }

        return [.. values];

        void Add(int right)
        {
            double[] row = [.. Enumerable.Range(0, Small.ClassCount).Select(c => Math.Exp((2.4 * random.NextDouble()) + (c == right ? 1.5 : 0)))];
            values.AddRange(row.Select(v => (float)Math.Log(v / row.Sum())));
        }
    }
}
