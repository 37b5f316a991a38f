using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.Pronunciation;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Explain;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Tests.Corpora;
using DeepSpeechNet.Speech.Tests.Training;
using DeepSpeechNet.Speech.Tuning;

namespace DeepSpeechNet.Speech.Tests.Recognition;

/// <summary>Phones from the package to the transcript. A network with random weights writes nonsense, but must always write the same nonsense.</summary>
public sealed class PhoneRecognitionTests : IDisposable
{
    private static readonly FrontEndOptions FrontEnd = new() { MelBins = 16 };
    private static readonly AcousticModelOptions Shape = new() { Context = 2, Hidden = 24, DenseLayers = 1, Cell = CellKind.GruResetAfter, Phones = SmallPronouncer.Phones };
    private static readonly DecoderSettings Settings = new() { BeamWidth = 32, RescoredHypotheses = 32, NGramWeight = 0, NeuralPass = NeuralPass.None, PhoneWeight = 0.7 };
    private readonly TemporaryFolder _folder = new();
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 2 });

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_reading_that_wins_is_the_best_by_letters_and_phones_together()
    {
        Save("p", Settings);
        await using Recognizer recognizer = Recognizer.Load(_folder.File("p"), threads: 1);
        using FakeCorpus corpus = ToneCorpus.Make(12, 11);
        bool changed = false;
        for (int i = 0; i < corpus.Count; i++)
        {
            using SampleBuffer sound = corpus.ReadSamples(i);
            Transcript transcript = await recognizer.TranscribeAsync(sound.Memory);
            using LetterProbabilities letters = (await recognizer.RunNetworkAsync(sound.Memory, default))!;
            Assert.Equal(letters.Frames * (SmallPronouncer.Phones + 1), letters.Phones.Length);
            for (int t = 0; t < letters.Frames; t++)
                Assert.Equal(1, letters.Phones.Slice(t * 4, 4).ToArray().Sum(x => Math.Exp(x)), 1e-5);

            using FusionDecoder beam = new(recognizer.Model.Alphabet, Settings with { PhoneWeight = 0 });
            beam.Reset();
            beam.Accept(letters.Values);
            IReadOnlyList<CtcHypothesis> readings = beam.Finish(32);
            PhoneScorer phones = new(recognizer.Model.Alphabet, recognizer.Spoken!, 0.7);
            phones.Load(letters.Phones);
            Assert.Equal(readings.MaxBy(r => r.Score + ScorerTrace.Scores(phones, [.. r.Labels])[^1])!.Text, transcript.Text);
            changed |= readings[0].Text != transcript.Text;
        }

        Assert.True(changed, "The phones have changed nothing: the test shows nothing.");
    }

    [Fact]
    public async Task Many_at_once_give_what_each_gives_alone()
    {
        Save("p", Settings);
        await using Recognizer recognizer = Recognizer.Load(_folder.File("p"), threads: 2);
        using FakeCorpus corpus = ToneCorpus.Make(24, 12);
        float[][] clips = [.. Enumerable.Range(0, corpus.Count).Select(i => Samples(corpus, i))];
        List<string> alone = [];
        foreach (float[] clip in clips)
            alone.Add((await recognizer.TranscribeAsync(clip)).Text);
        Transcript[] together = await Task.WhenAll(clips.Select(clip => recognizer.TranscribeAsync(clip)));
        Assert.Equal(alone, together.Select(t => t.Text));
    }

    [Fact]
    public async Task Without_a_weight_or_a_pronouncer_phones_take_no_part()
    {
        Save("with", Settings with { PhoneWeight = 0 });
        Save("without", Settings, pronouncer: false);
        await using Recognizer with = Recognizer.Load(_folder.File("with"), threads: 1), without = Recognizer.Load(_folder.File("without"), threads: 1);
        Assert.NotNull(with.Spoken);
        Assert.Null(without.Spoken);
        using FakeCorpus corpus = ToneCorpus.Make(6, 13);
        for (int i = 0; i < corpus.Count; i++)
        {
            using SampleBuffer sound = corpus.ReadSamples(i);
            Assert.Equal((await with.TranscribeAsync(sound.Memory)).Text, (await without.TranscribeAsync(sound.Memory)).Text);
            using LetterProbabilities letters = (await without.RunNetworkAsync(sound.Memory, default))!;
            Assert.True(letters.Phones.IsEmpty);
        }
    }

    [Fact]
    public void A_package_keeps_its_pronouncer_when_its_decoder_is_set()
    {
        Save("p", Settings);
        int[] said = Say("p");
        ModelPackage.SaveDecoder(_folder.File("p"), Settings with { PhoneWeight = 0.3 });
        Assert.Equal(0.3, ModelPackage.Inspect(_folder.File("p")).Description.Decoder.PhoneWeight);
        Assert.Equal(said, Say("p"));
        Save("none", Settings, pronouncer: false);
        Assert.Null(ModelPackage.LoadPronouncer(_folder.File("none"), _device));

        int[] Say(string name)
        {
            using SpokenWords words = new(ModelPackage.LoadPronouncer(_folder.File(name), _device)!);
            return [.. words.Of("ab").Phones.ToArray(), .. words.Of("cab").Phones.ToArray()];
        }
    }

    [Fact]
    public void Another_number_of_phones_is_refused()
    {
        AcousticModelOptions shape = Shape with { Phones = 5 };
        AcousticModel model = Model(shape);
        ModelDescription description = Describe(shape, Settings);
        Pronouncer pronouncer = SmallPronouncer.Make(_device);
        Assert.Contains("5 phones", Assert.Throws<ArgumentException>(() => ModelPackage.Save(_folder.File("no"), model, description, WeightFormat.Float32, pronouncer)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Recognizer(model, description, spoken: new SpokenWords(pronouncer)));
    }

    [Fact]
    public async Task The_tuner_moves_their_weight_and_an_explanation_names_them()
    {
        Save("p", Settings);
        await using Recognizer recognizer = Recognizer.Load(_folder.File("p"), threads: 1);
        using FakeCorpus corpus = ToneCorpus.Make(6, 14);
        IReadOnlyList<TuningUtterance> utterances = await TuningSet.CollectAsync(recognizer, corpus, _ => { }, _ => { });
        DecoderTuner tuner = new(new DecodingTrials(recognizer, utterances), new DecoderTunerOptions { RandomTrials = 3, Rounds = 1, BeamWidths = [32] });
        tuner.Run(Settings);
        Assert.True(tuner.Trials.Select(t => t.Settings.PhoneWeight).Distinct().Count() > 3);

        Explanation explanation = await new Explainer(recognizer).ExplainAsync(new Audio.Files.AudioClip(Samples(corpus, 0), 16000, []), "clip", "model");
        Assert.Equal(["phones"], explanation.Parts);
        ExplainedUtterance utterance = Assert.Single(explanation.Utterances);
        foreach (ScoredReading reading in utterance.Readings)
        {
            TranscriptAlternative alternative = utterance.Transcript.Alternatives.First(a => a.Text == reading.Text);
            Assert.Equal(alternative.Score, reading.Acoustic + reading.Parts.Sum(), 1e-6);
        }
    }

    private void Save(string name, DecoderSettings settings, bool pronouncer = true) => ModelPackage.Save(
        _folder.File(name), Model(Shape), Describe(Shape, settings), WeightFormat.Float32, pronouncer ? SmallPronouncer.Make(_device) : null);

    private AcousticModel Model(AcousticModelOptions shape) => new(_device, shape, new FeatureExtractor(FrontEnd).FeatureCount, 5, 3, training: false);

    private static ModelDescription Describe(AcousticModelOptions shape, DecoderSettings settings) =>
        new() { Alphabet = new Alphabet(" abc"), FrontEnd = FrontEnd, Acoustic = shape, Decoder = settings };

    private static float[] Samples(FakeCorpus corpus, int index)
    {
        using SampleBuffer sound = corpus.ReadSamples(index);
        return sound.Span.ToArray();
    }
}
