using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.Rescoring;
using DeepSpeechNet.Language.Decoding.Scorers;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Packages;
using DeepSpeechNet.Language.Tests.Decoding.Scorers;

namespace DeepSpeechNet.Language.Tests.Packages;

public sealed class LanguagePackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("language-packages").FullName;
    private readonly CpuDevice _device = SmallModels.Device();

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(WeightFormat.Float32)]
    [InlineData(WeightFormat.Int8)]
    public void A_model_of_characters_and_one_of_words_lie_beside_each_other(WeightFormat format)
    {
        var characters = Make(new CharacterTokens(new Alphabet("ab ")));
        var words = Make(new WordTokens(new Vocabulary(["ab", "a"])));
        using NGramModel ngram = SmallModels.Words();
        LanguagePackage.Save(_folder, ngram, [words, characters], format);

        using LanguagePackage package = LanguagePackage.Load(_folder);
        Assert.True(package.HasNeural);
        Assert.NotNull(package.NGram);
        foreach (((NeuralLanguageModel model, LanguageModelDescription description), LanguageUnit unit) in new[] { (characters, LanguageUnit.Characters), (words, LanguageUnit.Words) })
        {
            using NeuralSession session = package.OpenNeural(unit);
            Assert.True(session.Tokens.Matches(description.Tokens));
            using LanguageStepper expected = new(model);
            float[] before = new float[expected.TokenCount], after = new float[expected.TokenCount];
            expected.Probabilities([expected.BeginState], before);
            session.Stepper.Probabilities([session.Stepper.BeginState], after);
            Assert.Equal(before, after, (x, y) => Math.Abs(x - y) <= (format == WeightFormat.Int8 ? 0.05 : 0));
        }

        using TensorFile file = TensorFile.Read(Path.Combine(_folder, LanguagePackage.FileName));
        Assert.Equal([LanguageUnit.Characters, LanguageUnit.Words], LanguagePackage.NeuralIn(file).Select(n => n.Unit));
    }

    [Theory]
    [InlineData(LanguageUnit.Characters)]
    [InlineData(LanguageUnit.Words)]
    public void One_model_serves_whatever_is_preferred(LanguageUnit preferred)
    {
        LanguagePackage.Save(_folder, null, [Make(new WordTokens(new Vocabulary(["ab", "a"])))]);
        using LanguagePackage package = LanguagePackage.Load(_folder);
        using NeuralSession session = package.OpenNeural(preferred);
        Assert.Equal(LanguageUnit.Words, session.Tokens.Unit);
    }

    [Fact]
    public void The_search_takes_the_model_of_characters_and_the_second_pass_that_of_words()
    {
        Alphabet alphabet = new("ab ");
        var characters = Make(new CharacterTokens(alphabet));
        var words = Make(new WordTokens(new Vocabulary(["a", "b"])));
        LanguagePackage.Save(_folder, null, [characters, words], WeightFormat.Float32);
        using LanguagePackage package = LanguagePackage.Load(_folder);
        DecoderSettings settings = new() { BeamWidth = 8, NeuralWeight = 1, NGramWeight = 0, ScoreMargin = 0, UnknownLetterCost = 2 };

        using FusionDecoder search = new(alphabet, settings with { NeuralPass = NeuralPass.Beam }, package);
        Assert.Null(search.Rescorer);
        Assert.IsType<CharacterNeuralScorer>(Assert.Single(search.Parts).Scorer);

        using FusionDecoder second = new(alphabet, settings with { NeuralPass = NeuralPass.Rescoring }, package);
        using LanguageStepper reference = new(words.Item1);
        string[] texts = ["a b", "a ab", "b"];
        double[] scores = new double[texts.Length];
        second.Rescorer!.Rank(texts, scores);
        for (int i = 0; i < texts.Length; i++)
        {
            double expected = SmallModels.LogProbability(reference, words.Item2.Tokens.Encode(texts[i])) - (i == 1 ? 2 * settings.UnknownLetterCost : 0);
            Assert.Equal(expected, scores[i], 1e-4);
        }
    }

    [Fact]
    public void A_second_pass_mixes_both_models_of_words_where_it_is_told_to()
    {
        using NGramModel ngram = SmallModels.Words();
        var words = Make(new WordTokens(ngram.Vocabulary));
        LanguagePackage.Save(_folder, ngram, [words]);
        using LanguagePackage package = LanguagePackage.Load(_folder);
        string[] texts = ["ab a", "b", "a"];
        using NeuralSession session = package.OpenNeural(LanguageUnit.Words);
        NeuralTextScorer neural = new(session.Stepper, session.Tokens);
        NGramTextScorer counted = new(package.NGram!);
        Assert.Equal(Sums(neural), Second(1));
        Assert.Equal(Sums(new MixedTextScorer(neural, counted, 0.75)), Second(0.75));
        Assert.Equal(Sums(counted), Second(0));

        IEnumerable<double> Sums(ITextScorer scorer) => scorer.Score(texts).Select(t => t.Sum());

        double[] Second(double share)
        {
            using FusionDecoder decoder = new(new Alphabet("ab "), new DecoderSettings { BeamWidth = 8, NeuralWeight = 1, NeuralShare = share, UnknownLetterCost = 0 }, package);
            double[] scores = new double[texts.Length];
            decoder.Rescorer!.Rank(texts, scores);
            return scores;
        }
    }

    [Fact]
    public void A_model_that_was_prepared_is_taken_once_and_one_that_nobody_took_is_let_go()
    {
        LanguagePackage.Save(_folder, null, [Make(new CharacterTokens(new Alphabet("ab "))), Make(new WordTokens(new Vocabulary(["ab", "a"])))]);
        LanguagePackage package = LanguagePackage.Load(_folder);
        package.Prepare(LanguageUnit.Words);
        using (NeuralSession other = package.OpenNeural(LanguageUnit.Characters), first = package.OpenNeural(LanguageUnit.Words), second = package.OpenNeural(LanguageUnit.Words))
        {
            Assert.Equal(LanguageUnit.Characters, other.Tokens.Unit);
            Assert.Equal(LanguageUnit.Words, first.Tokens.Unit);
            Assert.NotSame(first, second);
        }

        package.Prepare(LanguageUnit.Words);
        package.Dispose();
    }

    [Fact]
    public void Two_models_of_a_kind_or_none_at_all_are_refused()
    {
        var words = Make(new WordTokens(new Vocabulary(["ab"])));
        Assert.Contains("two of the same kind", Assert.Throws<ArgumentException>(() => LanguagePackage.Save(_folder, null, [words, words])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LanguagePackage.Save(_folder, null, []));
    }

    private (NeuralLanguageModel, LanguageModelDescription) Make(LanguageTokens tokens)
    {
        NeuralLanguageModel model = SmallModels.Neural(_device, tokens);
        return (model, new LanguageModelDescription { Options = model.Options, Tokens = tokens, Training = new() { Command = "test" } });
    }
}
