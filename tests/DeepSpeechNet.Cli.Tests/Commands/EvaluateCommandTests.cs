using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed partial class EvaluateCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public EvaluateCommandTests()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        ToneSpeech.SaveWav(_dsn["one.wav"], "bad cab");
        ToneSpeech.SaveWav(_dsn["two.wav"], "a faded bee");
        ToneSpeech.SaveWav(_dsn["three.wav"], "egg");
    }

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task Errors_are_counted_over_all_by_corpus_and_by_speaker()
    {
        Manifest("one.wav\tann\tbooks\tbad cab", "two.wav\tann\tbooks\ta faced bee bag", "three.wav\tbob\tdigits\tegg");
        CommandLine.Run run = await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", "@/m.tsv");
        (run with { Out = Speed().Replace(run.Out, "SPEED") }).Expect(
            0,
            """
            @/model: 3 utterances, texts of both sides normalised to the model's alphabet

            corpus  utterances  correct  words  S  D  I      WER      CER
            books            2        1      6  1  1  0  33.33 %  22.73 %
            digits           1        1      1  0  0  0   0.00 %   0.00 %
            all              3        2      7  1  1  0  28.57 %  20.00 %

            speaker     utterances  correct  words  S  D  I      WER      CER
            books/ann            2        1      6  1  1  0  33.33 %  22.73 %
            digits/bob           1        1      1  0  0  0   0.00 %   0.00 %

            best
              one.wav  WER 0.00 %
                said        bad cab
                recognised  bad cab
              three.wav  WER 0.00 %
                said        egg
                recognised  egg
              two.wav  WER 50.00 %
                said        a faced bee bag
                recognised  a faded bee

            median
              one.wav  WER 0.00 %
                said        bad cab
                recognised  bad cab
              three.wav  WER 0.00 %
                said        egg
                recognised  egg
              two.wav  WER 50.00 %
                said        a faced bee bag
                recognised  a faded bee

            worst
              two.wav  WER 50.00 %
                said        a faced bee bag
                recognised  a faded bee
              three.wav  WER 0.00 %
                said        egg
                recognised  egg
              one.wav  WER 0.00 %
                said        bad cab
                recognised  bad cab

            expected calibration error of 6 word confidences: 16.67 %
            SPEED

            """,
            "");
    }

    [Fact]
    public async Task A_store_is_evaluated_like_its_manifest()
    {
        Manifest("one.wav\tann\tbooks\tbad cab", "three.wav\tbob\tdigits\tegg");
        Assert.Equal(0, (await _dsn.RunAsync("corpus", "pack", "@/m.tsv", "--out", "@/store")).Exit);
        CommandLine.Run run = await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", "@/store", "--only-corpus", "dig*");
        Assert.Contains("all              1        1      1  0  0  0  0.00 %  0.00 %\n", run.Out, StringComparison.Ordinal);
        Assert.Equal((0, ""), (run.Exit, run.Error));
    }

    [Theory]
    [InlineData("@/m.tsv")]
    [InlineData("@/store")]
    public async Task Names_of_nobody_are_told(string manifest)
    {
        Manifest("one.wav\tann\tbooks\tbad cab", "three.wav\tbob\tdigits\tegg");
        Assert.Equal(0, (await _dsn.RunAsync("corpus", "pack", "@/m.tsv", "--out", "@/store")).Exit);
        CommandLine.Run run = await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", manifest, "--only-speaker", "digits/bob", "books/bob", "anne");
        Assert.Contains("all              1        1      1  0  0  0  0.00 %  0.00 %\n", run.Out, StringComparison.Ordinal);
        Assert.Equal("dsn: No recording is by a speaker 'books/bob': check how it is spelled.\ndsn: No recording is by a speaker 'anne': check how it is spelled.\n", run.Error);
        Assert.Equal(1, run.Exit);
    }

    [Fact]
    public async Task The_texts_are_normalised_first()
    {
        Manifest("one.wav\tann\tbooks\tBad: CAB!");
        CommandLine.Run run = await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", "@/m.tsv");
        Assert.Contains("all              1        1      2  0  0  0  0.00 %  0.00 %\n", run.Out, StringComparison.Ordinal);
        Assert.Equal((0, ""), (run.Exit, run.Error));
    }

    [Fact]
    public async Task Letters_that_the_alphabet_lacks_are_named()
    {
        Manifest("one.wav\tann\tbooks\tbad cab", "three.wav\tbob\tbooks\tegg 5 zzz");
        CommandLine.Run run = await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", "@/m.tsv");
        Assert.Equal("dsn: 1 of 2 texts hold symbols that the model's alphabet lacks ('5', 'z'); they are compared without those: write numbers and signs out in words.\n", run.Error);
        Assert.Equal(0, run.Exit);
    }

    [Fact]
    public async Task Rows_without_a_readable_recording_are_named_and_the_rest_goes_on()
    {
        File.WriteAllText(_dsn["text.wav"], "no sound");
        File.WriteAllText(_dsn["m.tsv"], "path\tduration_s\ttext\none.wav\t0.74\tbad cab\nnone.wav\t1\tegg\ntext.wav\t1\tegg\n");
        CommandLine.Run run = await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", "@/m.tsv");
        Assert.Equal(DsnCommand.Failed, run.Exit);
        string[] lines = run.Error.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal("dsn: @/m.tsv, line 3: there is no file '@/none.wav'; the row is skipped.", lines[0]);
        Assert.StartsWith("dsn: @/m.tsv, line 4: 'text.wav' cannot be decoded (", lines[1], StringComparison.Ordinal);
        Assert.Contains("all                 1        1      2  0  0  0  0.00 %  0.00 %\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_manifest_is_a_sentence() =>
        (await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", "@/m.tsv")).Expect(DsnCommand.Failed, "", "dsn: @/m.tsv: there is no such manifest.\n");

    [Fact]
    public async Task Without_a_manifest_usage_is_wrong() => Assert.Equal(DsnCommand.WrongUsage, (await _dsn.RunAsync("evaluate")).Exit);

    [Fact]
    public async Task The_page_shows_the_same_numbers_and_needs_nothing_else()
    {
        Manifest("one.wav\tann\t<books>\tbad cab", "two.wav\tann\t<books>\ta faced bee bag");
        CommandLine.Run run = await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", "@/m.tsv", "--report", "@/r.html");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        string text = File.ReadAllText(_dsn["r.html"]);
        XDocument page = XDocument.Parse(text);
        Assert.Equal(["33.33 %", "22.73 %", "50.00 %"], page.Descendants("p").Where(p => (string?)p.Attribute("class") == "value").Select(p => p.Value).Take(3));
        string[] row = [.. page.Descendants("tr").First(r => r.Elements("td").FirstOrDefault()?.Value == "<books>").Elements("td").Select(c => c.Value)];
        Assert.Equal(["33.33 %", "", "9.7\u201370.0 %", "22.73 %", "2", "1", "6", "1", "1", "0"], row[1..]);
        Assert.Contains("<p class=\"line\">a <span class=\"pair\"><del>faced</del> <ins>faded</ins></span> bee <del>bag</del></p>", text, StringComparison.Ordinal);
        Assert.Contains("<del>faced</del> <span class=\"soft\">\u2192</span> <ins>faded</ins>", text, StringComparison.Ordinal);
        string calibration = run.Out.Split('\n').Single(l => l.StartsWith("expected calibration error of 5 word confidences: ", StringComparison.Ordinal)).Split(": ")[1];
        Assert.Contains($"Expected calibration error {calibration}.", text, StringComparison.Ordinal);
        foreach (string outside in (string[])["http:", "https:", "src=", "href=", "url(", "<script", "style=\""])
            Assert.DoesNotContain(outside, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.5-1", "WER     words   clean   40 dB    -20 dB", "all         4  0.00 %  0.00 %  100.00 %")]
    [InlineData("0-0.5", "WER     words   clean   40 dB  -20 dB", "all         4  0.00 %  0.00 %  0.00 %")]
    public async Task Noise_of_the_part_asked_for_is_mixed_in_at_each_level(string part, string head, string all)
    {
        // Silence, then a tone louder than any letter of the recordings.
        float[] noise = new float[2 * ToneSpeech.Rate];
        for (int n = ToneSpeech.Rate; n < noise.Length; n++)
            noise[n] = 0.5f * MathF.Sin(0.9f * n);
        ToneSpeech.SaveWav(_dsn["noise.wav"], noise);
        Manifest("one.wav\tann\tbooks\tbad cab", "three.wav\tbob\tdigits\tegg", "three.wav\tbob\tdigits\tegg");
        CommandLine.Run run = await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", "@/m.tsv", "--noise", "@/noise.wav", "--noise-part", part, "--snr", "40", "-20");
        string[] lines = run.Out.Split('\n');
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Equal((head, all), (lines[0], lines.Single(line => line.StartsWith("all ", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("--noise and --snr go together: which noises, and how far below the speech.", "--snr", "10")]
    [InlineData("--noise and --snr go together: which noises, and how far below the speech.", "--noise", "@/one.wav")]
    [InlineData("--snr prints a table of its own; leave out --compare and --report.", "--noise", "@/one.wav", "--snr", "10", "--compare")]
    [InlineData("--noise-part is '1-0'; it must be two rising shares from 0 to 1, such as 0-0.67.", "--noise", "@/one.wav", "--snr", "10", "--noise-part", "1-0")]
    [InlineData("--noise-part is 'half'; it must be two rising shares from 0 to 1, such as 0-0.67.", "--noise", "@/one.wav", "--snr", "10", "--noise-part", "half")]
    [InlineData("--snr must be from -60 to 120 decibels.", "--noise", "@/one.wav", "--snr", "200")]
    public async Task Wrong_noise_options_are_a_sentence(string sentence, params string[] options)
    {
        Manifest("one.wav\tann\tbooks\tbad cab");
        (await _dsn.RunAsync(["evaluate", "--model", "@/model", "--manifest", "@/m.tsv", .. options])).Expect(DsnCommand.WrongUsage, "", $"dsn: {sentence}\n");
    }

    private void Manifest(params string[] rows) => File.WriteAllText(_dsn["m.tsv"], "path\tspeaker\tcorpus\ttext\n" + string.Join('\n', rows) + "\n");

    [GeneratedRegex(@"^0\.\d minutes of sound in \d+\.\d s: real-time factor \d+\.\d{4}$", RegexOptions.Multiline)]
    private static partial Regex Speed();
}
