using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Tests.Decoding.Scorers;

/// <summary>Words of a and b; "a" sounds A, "b" sounds B, and "ab" sounds as "ba" is written.</summary>
public sealed class PhoneScorerTests : IClassFixture<PhoneScorerTests.Words>
{
    private const int A = 0, B = 1, Blank = 2;
    private static readonly Alphabet Letters = new(" ab");
    private readonly SpokenWords _words;

    public PhoneScorerTests(Words words) => _words = words.Spoken;

    [Fact]
    public void Words_sound_as_they_were_learnt_alone_and_in_texts()
    {
        Assert.Equal([B, A], _words.Of("ab").Phones.ToArray());
        Assert.Equal([A], _words.Of("a").Phones.ToArray());
        _words.Learn(["b a", "ba"]);
        Assert.True(_words.Has("ba"));
        Assert.Equal([A, B], _words.Of("ba").Phones.ToArray());
        Assert.Same(SpokenWord.Silent, _words.Of("4"));
    }

    [Fact]
    public void Letters_sound_as_they_mostly_do()
    {
        Assert.Equal([[], [A], [B]], LetterSounds.Of(Letters, _words, ["a", "b"]));
        Assert.All(LetterSounds.Of(Letters, _words, []), Assert.Empty);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_text_has_the_weighted_probability_of_its_phones(bool known)
    {
        Random random = new(5);
        PhoneScorer scorer = Scorer(0.7, known);
        CtcLikelihood reference = new(new Alphabet("AB"));
        for (int round = 0; round < 20; round++)
        {
            float[] frames = PhonePathsTests.Frames(random, 15, 3, classes: 3);
            scorer.Load(frames);
            float[] smooth = PhonePathsTests.Smoothed(frames, 2);
            Check("ab a b", [B, A, A, B]);
            Check(" ba  ab ", [A, B, B, A]);
            Check("a", [A]);
            Check("", []);

            void Check(string text, int[] phones) =>
                Assert.Equal(0.7 * reference.LogProbability(smooth, phones), ScorerWalk.Score(scorer, Letters, text), 1e-3);
        }
    }

    [Fact]
    public void In_the_search_prefixes_of_whole_words_fit_by_the_best_frame_around()
    {
        float[] frames = PhonePathsTests.Frames(new Random(6), 40, 3, classes: 3), smooth = PhonePathsTests.Smoothed(frames, 2);
        PhoneScorer scorer = Scorer(0.7);
        scorer.Load(frames);
        Assert.True(scorer.FollowsFrames);
        int state = Walk(scorer, "ab a ");
        CtcLikelihood reference = new(new Alphabet("AB"));
        for (int t = 10; t < 30; t++)
        {
            double best = Enumerable.Range(t - PhoneScorer.FramesBefore, PhoneScorer.FramesBefore + PhoneScorer.FramesAfter + 1).Max(f => reference.LogProbability(smooth.AsSpan(0, (f + 1) * 3), [B, A, A]));
            Assert.Equal(PhoneScorer.SearchShare * 0.7 * best, scorer.Fit(state, t), 1e-3);
        }
    }

    [Fact]
    public void A_begun_word_fits_as_what_it_may_become_and_never_much_worse_than_nothing()
    {
        PhoneScorer scorer = Scorer(1);
        scorer.Load(Phones(A, Blank, B, Blank, B, Blank, A, Blank, A));
        int nothing = Walk(scorer, "");
        float before = scorer.Fit(nothing, 4);
        string text = "";
        foreach (char letter in "abbabb")
        {
            text += letter;
            double least = before - (PhoneScorer.SearchShare * PhoneScorer.LetterCost * text.Length) - 1e-4;
            Assert.InRange(Fit(scorer, text, 4), least, 1e-6);
        }

        // "ba" is A B and "ab" is B A.
        Assert.InRange(Fit(scorer, "ba ", 2) - Fit(scorer, "ab ", 2), 0.5, 10);
        Assert.InRange(Fit(scorer, "ba ab ", 6) - Fit(scorer, "ba ba ", 6), 0.5, 10);
    }

    [Fact]
    public void Without_phones_or_words_of_a_vocabulary_nothing_is_followed_and_without_phones_nothing_counts()
    {
        PhoneScorer unheard = Scorer(1);
        unheard.Load([]);
        Assert.False(unheard.FollowsFrames);
        Assert.Equal(0, ScorerWalk.Score(unheard, Letters, "ab a b"));
        PhoneScorer unknown = Scorer(1, known: false);
        unknown.Load(Phones(A, Blank, B));
        Assert.False(unknown.FollowsFrames);
        Assert.Equal(0, unknown.Fit(Walk(unknown, "a"), 1));
    }

    [Fact]
    public void The_search_stays_exact_and_gives_everything_back()
    {
        float[] frames = PhonePathsTests.Frames(new Random(9), 6, 2, classes: 3);
        ScorerWalk.AssertSearchIsExact(Letters, Heard(frames), words: false);
        float[] more = PhonePathsTests.Frames(new Random(10), 100, 2, classes: 3);
        ScorerWalk.AssertChunksChangeNothing(Letters, () => Heard(more));
        ScorerWalk.AssertFramesAllocateNothing(Letters, Heard(more));
        PhoneScorer scorer = Heard(more);
        PrefixBeamDecoder decoder = new(Letters, new PrefixBeamOptions { BeamWidth = 4 }, scorer);
        decoder.Accept(CtcEnumeration.Random(new Random(1), 100, 4));
        Assert.InRange(scorer.StateCount, 1, 3 * decoder.NodeCount);

        PhoneScorer Heard(float[] phones)
        {
            PhoneScorer heard = Scorer(0.5);
            heard.Load(phones);
            return heard;
        }
    }

    [Fact]
    public void Phones_lead_a_narrow_search_to_better_readings()
    {
        int better = 0, worse = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            Random random = new(seed);
            float[] letters = CtcEnumeration.Random(random, 40, 4, 2), phones = PhonePathsTests.Frames(random, 40, 6, classes: 3);
            double led = Best(Scorer(2)), alone = Best(Scorer(2, known: false));
            better += led > alone + 1e-3 ? 1 : 0;
            worse += led < alone - 1e-3 ? 1 : 0;

            double Best(PhoneScorer scorer)
            {
                scorer.Load(phones);
                PrefixBeamDecoder decoder = new(Letters, new PrefixBeamOptions { BeamWidth = 8 }, scorer);
                decoder.Accept(letters);
                return decoder.Finish()[0].Score;
            }
        }

        Assert.True(better > 2 * worse, $"{better} better, {worse} worse");
    }

    [Fact]
    public void Where_nothing_fits_the_order_stays_and_scores_are_numbers()
    {
        DecoderSettings settings = new() { BeamWidth = 16, PhoneWeight = 1, NGramWeight = 0, NeuralPass = NeuralPass.None };
        using FusionDecoder decoder = new(Letters, settings, spoken: _words);
        decoder.Reset();
        decoder.AcceptPhones(Phones(B));
        decoder.Accept(Log([[0.01f, 0.45f, 0.5f, 0.04f], [0.01f, 0.01f, 0.01f, 0.97f], [0.01f, 0.5f, 0.45f, 0.04f]]));
        IReadOnlyList<CtcHypothesis> found = [.. decoder.Finish(16).Where(h => h.Text.Length == 2 && !h.Text.Contains(' ', StringComparison.Ordinal))];
        Assert.Equal(found.OrderByDescending(h => h.LogProbability).Select(h => h.Text), found.Select(h => h.Text));
        Assert.All(found, h => Assert.True(double.IsFinite(h.Score)));
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
        Assert.Throws<InvalidOperationException>(() => decoder.AcceptPhones(Phones(A)));

        using FusionDecoder without = new(Letters, settings with { PhoneWeight = 0 }, spoken: _words);
        Assert.Equal("ba", Decode(without, letters, Phones(B, Blank, A)));
    }

    [Fact]
    public void Values_that_are_no_whole_frames_and_weights_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Scorer(1).Load(new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Scorer(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Scorer(double.NaN));
        Assert.Throws<ArgumentException>(() => new PhoneScorer(Letters, _words, 1, WordScorer.TrieOf(SmallModels.Words(), Letters)));
    }

    [Fact]
    public async Task Many_threads_may_ask_for_words()
    {
        string[] texts = [.. Enumerable.Range(1, 200).Select(i => string.Concat(Convert.ToString(i, 2).Select(c => c == '0' ? 'a' : 'b')))];
        int[][] alone = [.. texts.Select(text => _words.Of(text).Phones.ToArray())];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < texts.Length; i++)
                Assert.Equal(alone[i], _words.Of(texts[i]).Phones.ToArray());
        })));
    }

    /// <summary>With or without the vocabulary a, ab, abba, b, ba.</summary>
    private PhoneScorer Scorer(double weight, bool known = true)
    {
        NGramModel model = SmallModels.Words();
        return known ? new PhoneScorer(Letters, _words, weight, WordScorer.TrieOf(model, Letters), model.Vocabulary) : new PhoneScorer(Letters, _words, weight);
    }

    private static float Fit(PhoneScorer scorer, string text, int frame) => scorer.Fit(Walk(scorer, text), frame);

    private static int Walk(PhoneScorer scorer, string text)
    {
        float[] scores = new float[scorer.SymbolCount];
        int[] state = [scorer.Begin(scores)];
        foreach (int label in Letters.Encode(text))
            scorer.Extend(state, [label], state, scores);
        return state[0];
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
