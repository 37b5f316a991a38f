using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Rescoring;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Tests.Decoding.Rescoring;

/// <summary>Words of a and b; "a" sounds A, "b" sounds B, and "ab" sounds as "ba" is written.</summary>
public sealed class PhoneRescorerTests : IClassFixture<PhoneRescorerTests.Words>
{
    private const int A = 0, B = 1, Blank = 2;
    private static readonly Alphabet Letters = new(" ab");
    private readonly SpokenWords _words;

    public PhoneRescorerTests(Words words) => _words = words.Spoken;

    [Fact]
    public void Words_sound_as_they_were_learnt_alone_and_in_texts()
    {
        List<int> phones = [];
        _words.Say("ab a b", phones);
        Assert.Equal([B, A, A, B], phones);
        phones.Clear();
        _words.Learn(["b a", "ba"]);
        _words.Say("ba 4 b", phones);
        Assert.Equal([A, B, B], phones);
    }

    [Fact]
    public void The_reading_that_sounds_right_wins_and_the_score_is_the_sum()
    {
        PhoneRescorer rescorer = new(_words, 0.5);
        float[] frames = Phones(B, Blank, A);
        rescorer.Load(frames);
        CtcHypothesis[] before = [new("ba", [2, 1], -1, -1), new("ab", [1, 2], -3, -3)];

        IReadOnlyList<CtcHypothesis> after = rescorer.Rescore(before);

        Assert.Equal(["ab", "ba"], after.Select(h => h.Text));
        PhoneLikelihood likelihood = new(2);
        likelihood.Load(frames);
        Assert.Equal(-3 + (0.5 * likelihood.LogProbability([B, A])), after[0].Score, 1e-9);
        Assert.Equal(-1 + (0.5 * likelihood.LogProbability([A, B])), after[1].Score, 1e-9);
        Assert.Equal(-3, after[0].LogProbability);
    }

    [Fact]
    public void Where_nothing_fits_the_order_stays_and_scores_are_numbers()
    {
        PhoneRescorer rescorer = new(_words, 1);
        rescorer.Load(Phones(B));
        IReadOnlyList<CtcHypothesis> after = rescorer.Rescore([new("ab", [1, 2], -1, -1), new("ba", [2, 1], -2, -2)]);
        Assert.Equal(["ab", "ba"], after.Select(h => h.Text));
        Assert.All(after, h => Assert.True(double.IsFinite(h.Score)));
    }

    [Fact]
    public void A_decoder_takes_phones_into_account_until_it_is_reset()
    {
        DecoderSettings settings = new() { BeamWidth = 16, RescoredHypotheses = 1, PhoneWeight = 1, NGramWeight = 0, NeuralPass = NeuralPass.None };
        using FusionDecoder decoder = new(Letters, settings, spoken: _words);

        // By the letters "ba" is a little better than "ab".
        float[] letters = Log([[0.01f, 0.45f, 0.5f, 0.04f], [0.01f, 0.01f, 0.01f, 0.97f], [0.01f, 0.5f, 0.45f, 0.04f]]);
        Assert.Equal("ba", Decode(decoder, letters, []));
        Assert.Equal("ab", Decode(decoder, letters, Phones(B, Blank, A)));
        Assert.Equal("ba", Decode(decoder, letters, Phones(A, Blank, B)));
        Assert.Equal("ba", Decode(decoder, letters, []));

        using FusionDecoder without = new(Letters, settings with { PhoneWeight = 0 }, spoken: _words);
        Assert.Equal("ba", Decode(without, letters, Phones(B, Blank, A)));
    }

    [Fact]
    public void Values_that_are_no_whole_frames_and_weights_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new PhoneRescorer(_words, 1).Load(new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PhoneRescorer(_words, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PhoneRescorer(_words, double.NaN));
    }

    [Fact]
    public async Task Many_threads_may_ask_for_words()
    {
        string[] texts = [.. Enumerable.Range(1, 200).Select(i => string.Concat(Convert.ToString(i, 2).Select(c => c == '0' ? 'a' : 'b')))];
        int[][] alone = [.. texts.Select(Say)];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < texts.Length; i++)
                Assert.Equal(alone[i], Say(texts[i]));
        })));

        int[] Say(string text)
        {
            List<int> phones = [];
            _words.Say(text, phones);
            return [.. phones];
        }
    }

    private static string Decode(FusionDecoder decoder, float[] letters, float[] phones)
    {
        decoder.Reset();
        decoder.AcceptPhones(phones);
        decoder.Accept(letters);
        return decoder.Finish()[0].Text;
    }

    private static float[] Phones(params int[] said) =>
        Log([.. said.Select(k => Enumerable.Range(0, 3).Select(c => c == k ? 0.9f : 0.05f).ToArray())]);

    private static float[] Log(float[][] frames) => [.. frames.SelectMany(f => f).Select(p => MathF.Log(p))];

    /// <summary>Trained once for all tests.</summary>
    public sealed class Words : IDisposable
    {
        private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });

        public Words()
        {
            Pronunciations dictionary = Pronunciations.Read(new StringReader("a A\nb B\nab B A\nba A B\n"), "test");
            PronouncerTrainer trainer = new(
                _device, dictionary, dictionary.Words, new PronouncerOptions { Embedding = 8, Hidden = 16, Layers = 1 }, new PronouncerTrainerOptions { Epochs = 200, BatchSize = 4, LearningRate = 0.02f });
            trainer.Run(new Progress<TrainingProgress>(), (_, _) => { });
            Spoken = new SpokenWords(trainer.Pronouncer);
        }

        public SpokenWords Spoken { get; }

        public void Dispose()
        {
            Spoken.Dispose();
            _device.Dispose();
        }
    }
}
