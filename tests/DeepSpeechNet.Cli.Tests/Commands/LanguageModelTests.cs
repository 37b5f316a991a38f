using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.Packages;
using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Tests.Commands;

/// <summary>Language models, hot words and tuning from the command line.</summary>
public sealed class LanguageModelTests : IDisposable
{
    private const string Arpa = """
        \data\
        ngram 1=6
        ngram 2=2

        \1-grams:
        -2.0	<unk>	0
        -99	<s>	-0.3
        -1.1	</s>	0
        -0.6	bad	-0.2
        -0.9	cab	-0.4
        -1.2	egg	-0.1

        \2-grams:
        -0.2	bad cab
        -0.3	<s> bad

        \end\

        """;

    private readonly CommandLine _dsn = new();

    public LanguageModelTests()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        ToneSpeech.SaveWav(_dsn["one.wav"], "bad cab");
        ToneSpeech.SaveWav(_dsn["two.wav"], "egg");
        File.WriteAllText(_dsn["lm.arpa"], Arpa);
        File.WriteAllText(_dsn["m.tsv"], "path\ttext\none.wav\tbad cab\ntwo.wav\tegg\n");
        File.WriteAllText(_dsn["hot.txt"], "bad cab\t5\n# names\nfeed bee\t3\n");
    }

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task Recognition_goes_through_language_model_and_hot_words()
    {
        (await Transcribe("--language-model", "@/lm.arpa", "--hot-words", "@/hot.txt")).Expect(0, "bad cab\n", "");
        (await Transcribe("--hot-words", "@/hot.txt", "--no-language-model")).Expect(0, "bad cab\n", "");
        (await Transcribe("--language-model", "@/lm.arpa", "--alpha", "0")).Expect(0, "bad cab\n", "");
    }

    [Theory]
    [InlineData(2, "--alpha", "-1")]
    [InlineData(2, "--beta", "200")]
    [InlineData(2, "--rnn-weight", "NaN")]
    [InlineData(2, "--language-model", "@/lm.arpa", "--no-language-model")]
    [InlineData(2, "--hot-words", "@/hot.txt", "--beam", "1")]
    [InlineData(2, "--language-model", "@/lm.arpa", "--beam", "1")]
    [InlineData(1, "--hot-words", "@/none.txt")]
    [InlineData(1, "--hot-words", "@/lm.arpa")]
    [InlineData(1, "--language-model", "@/none")]
    [InlineData(1, "--language-model", "@/hot.txt")]
    public async Task Bad_options_and_files_are_one_sentence(int exit, params string[] options)
    {
        CommandLine.Run run = await Transcribe(options);
        Assert.Equal((exit, ""), (run.Exit, run.Out));
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("dsn: ", run.Error, StringComparison.Ordinal);
        Assert.EndsWith(".\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tuning_writes_what_it_finds_into_the_package()
    {
        CommandLine.Run run = await _dsn.RunAsync("tune", "--manifest", "@/m.tsv", "--model", "@/model", "--language-model", "@/lm.arpa", "--trials", "2", "--rounds", "1", "--beams", "4", "8");
        Assert.Equal((0, "dsn: written into @/model\n"), (run.Exit, run.Error));
        Assert.Contains("chosen", run.Out);
        Assert.Contains("2 utterances, 3 words", run.Out);
        (ModelDescription model, _, _) = ModelPackage.Inspect(_dsn["model"]);
        Assert.Equal("../lm.arpa", model.Decoder.LanguageModel);
        Assert.Contains(model.Decoder.BeamWidth, (int[])[4, 8]);
        (await Transcribe()).Expect(0, "bad cab\n", "");

        // The same search with the same seed finds the same.
        CommandLine.Run again = await _dsn.RunAsync("tune", "--manifest", "@/m.tsv", "--model", "@/model", "--trials", "2", "--rounds", "1", "--beams", "4", "8", "--dry-run");
        Assert.Equal((0, ""), (again.Exit, again.Error));

        File.Delete(_dsn["lm.arpa"]);
        CommandLine.Run missing = await Transcribe();
        Assert.Equal((1, ""), (missing.Exit, missing.Out));
        Assert.Contains("wants the language model ../lm.arpa", missing.Error);
        (await Transcribe("--no-language-model")).Expect(0, "bad cab\n", "");
    }

    [Fact]
    public async Task Decoders_are_compared()
    {
        CommandLine.Run run = await _dsn.RunAsync("evaluate", "--manifest", "@/m.tsv", "--model", "@/model", "--language-model", "@/lm.arpa", "--compare");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Equal(["decoder", "greedy", "beam", "n-gram"], run.Out.TrimEnd('\n').Split('\n').Select(l => l.Split(' ')[0]));
        Assert.Equal(3, run.Out.Split("0.00 %  0.00 %").Length - 1);
    }

    [Fact]
    public async Task A_package_of_language_models_is_made_listed_and_used()
    {
        CommandLine.Run made = await _dsn.RunAsync("models", "language", "--ngram", "@/lm.arpa", "--out", "@/language");
        Assert.Equal((0, ""), (made.Exit, made.Out));
        (await Transcribe("--language-model", "@/language")).Expect(0, "bad cab\n", "");
        CommandLine.Run listed = await _dsn.RunAsync("models", "@/language");
        Assert.Equal((0, ""), (listed.Exit, listed.Error));
        Assert.Contains("n-grams of", listed.Out);
        Assert.Equal(2, (await _dsn.RunAsync("models", "language", "--out", "@/nothing")).Exit);

        // Neural models of both kinds beside the n-grams, in 8 bits.
        await File.WriteAllTextAsync(_dsn["text.txt"], "bad cab\ncab bad\nbad\n");
        string[] small = ["--train", "@/text.txt", "--valid", "@/text.txt", "--batch", "1", "--window", "4", "--epochs", "1"];
        Assert.Equal(0, (await _dsn.RunAsync(["train", "language", .. small, "--hidden", "8", "--embedding", "4", "--tied", "--out", "@/words"])).Exit);
        Assert.Equal(0, (await _dsn.RunAsync(["train", "language", .. small, "--hidden", "8", "--embedding", "0", "--unit", "Characters", "--out", "@/letters"])).Exit);
        Assert.Equal(0, (await _dsn.RunAsync("models", "language", "--ngram", "@/lm.arpa", "--rnn", "@/words", "@/letters", "--weights", "Int8", "--out", "@/three")).Exit);
        string three = (await _dsn.RunAsync("models", "@/three")).Out;
        Assert.Contains("a neural model of characters", three);
        Assert.Contains("a neural model of words", three);
        CommandLine.Run twice = await _dsn.RunAsync("models", "language", "--rnn", "@/words", "@/words", "--out", "@/twice");
        Assert.Equal(2, twice.Exit);
        Assert.Contains("of the same kind", twice.Error);

        // A model of a folder takes the place of the package's own of its kind.
        Assert.Equal(0, (await _dsn.RunAsync(["train", "language", .. small, "--hidden", "9", "--embedding", "4", "--tied", "--out", "@/better"])).Exit);
        Assert.Equal(0, (await _dsn.RunAsync("models", "language", "--ngram", "@/three", "--rnn", "@/three", "@/better", "--out", "@/replaced")).Exit);
        using (TensorFile replaced = TensorFile.Read(_dsn["replaced/model.safetensors"]))
        {
            Assert.Equal(
                [(LanguageUnit.Characters, 8), (LanguageUnit.Words, 9)],
                LanguagePackage.NeuralIn(replaced).Select(n => (n.Unit, LanguageModelPackage.OptionsIn(replaced, n.Root).Hidden)).Order());
        }

        (await Transcribe("--language-model", "@/replaced", "--rnn", "off")).Expect(0, "bad cab\n", "");
        CommandLine.Run none = await _dsn.RunAsync("models", "language", "--ngram", "@/better", "--out", "@/none");
        Assert.Equal(2, none.Exit);
        Assert.Contains("holds no n-gram model", none.Error);

        // Settings are put into a file without touching the rest of it.
        using TensorFile before = TensorFile.Read(_dsn["model/model.safetensors"]);
        ModelPackage.SaveDecoder(_dsn["model"], new Language.Decoding.DecoderSettings { BeamWidth = 7, LanguageModel = "../language" });
        using TensorFile after = TensorFile.Read(_dsn["model/model.safetensors"]);
        Assert.Equal(before.Tensors.Select(t => (t.Name, t.Type, t.ShapeText)), after.Tensors.Select(t => (t.Name, t.Type, t.ShapeText)));
        foreach (TensorEntry tensor in before.Tensors) Assert.True(before.Bytes(tensor.Name).SequenceEqual(after.Bytes(tensor.Name)));
        Assert.Equal(7, ModelPackage.Inspect(_dsn["model"]).Description.Decoder.BeamWidth);
        (await Transcribe()).Expect(0, "bad cab\n", "");
    }

    private Task<CommandLine.Run> Transcribe(params string[] options) => _dsn.RunAsync(["transcribe", "--model", "@/model", "@/one.wav", .. options]);
}
