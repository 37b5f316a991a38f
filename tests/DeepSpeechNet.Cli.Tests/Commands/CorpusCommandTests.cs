using System.Globalization;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class CorpusCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public CorpusCommandTests()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        ToneSpeech.SaveWav(_dsn["one.wav"], "bad cab");
        ToneSpeech.SaveWav(_dsn["two.wav"], "a faded bee");
        File.WriteAllText(_dsn["m.tsv"], "path\tspeaker\tcorpus\tlicence\ttext\none.wav\tann\tbooks\tCC0\tbad cab\ntwo.wav\tbob\tbooks\tCC0\ta faded bee\n");
        File.WriteAllText(_dsn["n.tsv"], "path\tspeaker\tcorpus\ttext\none.wav\tann\tdigits\tbad cab\n");
    }

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task Several_manifests_are_packed_into_one_store()
    {
        (await _dsn.RunAsync("corpus", "pack", "@/m.tsv", "@/n.tsv", "--out", "@/store")).Expect(0, "@/store: 3 clips, 0.00 hours, 0.1 MB; 0 rows skipped\n", "");
        (await _dsn.RunAsync("corpus", "info", "@/store")).Expect(
            0,
            """
            @/store: 3 clips, 0.00 hours at 16000 Hz, 0.1 MB

            corpus  clips  hours  speakers  words  shortest  longest  licence
            books       2   0.00         2      5    0.74 s   1.14 s      CC0
            digits      1   0.00         1      2    0.74 s   0.74 s

            """,
            "");
    }

    [Fact]
    public async Task A_corpus_can_be_chosen_or_left_out()
    {
        (await _dsn.RunAsync("corpus", "pack", "@/m.tsv", "@/n.tsv", "--out", "@/store", "--only-corpus", "digits")).Expect(0, "@/store: 1 clips, 0.00 hours, 0.0 MB; 0 rows skipped\n", "");
        (await _dsn.RunAsync("corpus", "pack", "@/m.tsv", "@/n.tsv", "--out", "@/store", "--exclude-corpus", "digits")).Expect(0, "@/store: 2 clips, 0.00 hours, 0.1 MB; 0 rows skipped\n", "");
    }

    [Fact]
    public async Task Rows_that_cannot_be_packed_are_named_and_the_rest_goes_on()
    {
        File.WriteAllText(_dsn["m.tsv"], "path\ttext\none.wav\tbad cab\nnone.wav\tegg\n");
        (await _dsn.RunAsync("corpus", "pack", "@/m.tsv", "--out", "@/store")).Expect(
            DsnCommand.Failed, "@/store: 1 clips, 0.00 hours, 0.0 MB; 1 rows skipped\n", "dsn: @/m.tsv, line 3: there is no file '@/none.wav'; the row is skipped.\n");
    }

    [Fact]
    public async Task A_store_in_a_folder_that_is_not_there_is_a_sentence() =>
        (await _dsn.RunAsync("corpus", "pack", "@/m.tsv", "--out", "@/no/store")).Expect(
            DsnCommand.Failed, "", "dsn: Cannot save '@/no/store': its folder does not exist. Create it and try again.\n");

    [Fact]
    public async Task A_sound_corpus_passes_the_check() => (await _dsn.RunAsync("corpus", "check", "@/m.tsv", "--model", "@/model")).Expect(
        0,
        """
        2 clips, 0.00 hours
          books: 2 clips, 0.00 hours, 2 speakers, 9.6 letters a second
        nothing found

        """,
        "");

    [Fact]
    public async Task What_spoils_training_fails_the_check()
    {
        ToneSpeech.SaveWav(_dsn["silence.wav"], new float[8000]);
        File.WriteAllText(
            _dsn["m.tsv"],
            $"path\ttext\none.wav\tbad zebra\ntwo.wav\t{new string('a', 80)}\nsilence.wav\tegg\n");
        (await _dsn.RunAsync("corpus", "check", "@/m.tsv", "--model", "@/model")).Expect(
            DsnCommand.Failed,
            """
            error	one.wav	The alphabet lacks 'z', 'r'.
            error	two.wav	The text needs 159 frames, and the clip has 113.
            warning	silence.wav	The loudest sample is 0.0000 of full scale.
            3 clips, 0.00 hours
              (no corpus named): 3 clips, 0.00 hours, 0 speakers, 38.7 letters a second
            1 x text with a letter outside the alphabet
            1 x text longer than its frames
            1 x silent recording

            """,
            "");
    }

    [Fact]
    public async Task A_warning_alone_passes_the_check()
    {
        ToneSpeech.SaveWav(_dsn["silence.wav"], new float[8000]);
        File.WriteAllText(_dsn["m.tsv"], "path\ttext\nsilence.wav\tegg\n");
        CommandLine.Run run = await _dsn.RunAsync("corpus", "check", "@/m.tsv", "--stride", "4");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.StartsWith("warning\tsilence.wav\t", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_check_takes_a_model_or_a_stride() => (await _dsn.RunAsync("corpus", "check", "@/m.tsv", "--model", "@/model", "--stride", "2")).Expect(
        DsnCommand.WrongUsage, "", "dsn: --model brings its own stride: give one of --model and --stride.\n");

    [Fact]
    public async Task What_is_no_store_has_no_info() => (await _dsn.RunAsync("corpus", "info", "@/m.tsv")).Expect(
        DsnCommand.Failed, "", "dsn: @/m.tsv: this is no store of samples; make one with 'dsn corpus pack'.\n");

    [Fact]
    public async Task Words_cut_out_of_recordings_are_those_words_alone()
    {
        CommandLine.Run run = await _dsn.RunAsync("corpus", "words", "--manifest", "@/m.tsv", "--model", "@/model", "--out", "@/words");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.StartsWith("@/words/manifest.tsv: 5 words, 0.0 minutes; 0 left out", run.Out, StringComparison.Ordinal);
        string[][] rows = [.. File.ReadAllLines(_dsn["words/manifest.tsv"]).Select(line => line.Split('\t'))];
        Assert.Equal(["path", "duration_s", "speaker", "corpus", "licence", "text"], rows[0]);
        Assert.Equal(["ann bad", "ann cab", "bob a", "bob faded", "bob bee"], rows.Skip(1).Select(row => $"{row[2]} {row[5]}"));
        Assert.All(rows.Skip(1), row => Assert.Equal(("books-words", "CC0"), (row[3], row[4])));

        // The model hears in each clip its word and nothing else.
        CommandLine.Run evaluation = await _dsn.RunAsync("evaluate", "--model", "@/model", "--manifest", "@/words/manifest.tsv");
        Assert.Contains("all                   5        5      5  0  0  0  0.00 %  0.00 %\n", evaluation.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_words_asked_for_are_cut_out()
    {
        CommandLine.Run run = await _dsn.RunAsync("corpus", "words", "--manifest", "@/m.tsv", "--model", "@/model", "--out", "@/words", "--words", "bee", "cab", "egg");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Equal(["cab", "bee"], File.ReadAllLines(_dsn["words/manifest.tsv"]).Skip(1).Select(line => line.Split('\t')[5]));
    }

    [Fact]
    public async Task Words_that_were_not_said_are_left_out()
    {
        File.WriteAllText(_dsn["wrong.tsv"], "path\ttext\none.wav\tbad gag\n");
        CommandLine.Run run = await _dsn.RunAsync("corpus", "words", "--manifest", "@/wrong.tsv", "--model", "@/model", "--out", "@/words");
        Assert.Equal(0, run.Exit);
        Assert.Equal(["bad"], File.ReadAllLines(_dsn["words/manifest.tsv"]).Skip(1).Select(line => line.Split('\t')[5]));
        Assert.EndsWith("1 left out that the model is unsure of\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clips_never_land_among_other_files() => (await _dsn.RunAsync("corpus", "words", "--manifest", "@/m.tsv", "--model", "@/model", "--out", "@/model")).Expect(
        DsnCommand.WrongUsage, "", "dsn: @/model is not empty: give a new folder for the clips.\n");

    [Fact]
    public async Task A_confidence_above_1_is_a_sentence() => (await _dsn.RunAsync("corpus", "words", "--manifest", "@/m.tsv", "--model", "@/model", "--out", "@/words", "--min-confidence", "2")).Expect(
        DsnCommand.WrongUsage, "", "dsn: --min-confidence must be from 0 to 1.\n");

    [Fact]
    public async Task Alignment_tells_where_words_end()
    {
        (await _dsn.RunAsync("corpus", "align", "--manifest", "@/m.tsv", "--model", "@/model", "--threads", "1", "--out", "@/words.tsv")).Expect(
            0, "@/words.tsv: the words of 2 of 2 recordings\n", "");
        string[] lines = await File.ReadAllLinesAsync(_dsn["words.tsv"]);
        Assert.Equal("path\ttext\tends", lines[0]);

        // A letter lasts 0.1 s: "bad" is said by 0.3 s and "cab" begins at 0.44 s.
        double[] ends = [.. lines[1].Split('\t')[2].Split(' ').Select(e => double.Parse(e, CultureInfo.InvariantCulture))];
        Assert.StartsWith("one.wav\tbad cab\t", lines[1], StringComparison.Ordinal);
        Assert.InRange(ends[0], 0.28, 0.44);
        Assert.InRange(ends[1], 0.68, 0.75);
        Assert.Equal(3, lines[2].Split('\t')[2].Split(' ').Length);

        // Another text than what is said leaves the network unsure.
        File.WriteAllText(_dsn["m.tsv"], "path\ttext\none.wav\tegg bee\ntwo.wav\ta faded bee\n");
        (await _dsn.RunAsync("corpus", "align", "--manifest", "@/m.tsv", "--model", "@/model", "--threads", "1", "--out", "@/words.tsv")).Expect(
            0, "@/words.tsv: the words of 1 of 2 recordings\n", "");
        (await _dsn.RunAsync("corpus", "align", "--manifest", "@/m.tsv", "--model", "@/model", "--out", "@/w", "--min-confidence", "2")).Expect(2, "", "dsn: --min-confidence must be from 0 to 1.\n");
    }

    [Fact]
    public async Task Words_are_cut_out_of_recordings()
    {
        CommandLine.Run cut = await _dsn.RunAsync("corpus", "words", "--manifest", "@/m.tsv", "--model", "@/model", "--threads", "1", "--out", "@/cut", "--words", "cab", "bee");
        Assert.StartsWith("@/cut/manifest.tsv: 2 words", cut.Out, StringComparison.Ordinal);
        Assert.Equal((0, ""), (cut.Exit, cut.Error));
        (await _dsn.RunAsync("transcribe", "@/cut", "--model", "@/model", "--no-language-model")).Expect(0, "@/cut/000000.wav\tcab\n@/cut/000001.wav\tbee\n", "");
    }
}
