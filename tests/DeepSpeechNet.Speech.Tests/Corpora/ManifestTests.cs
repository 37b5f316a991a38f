using System.Text;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

public sealed class ManifestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static List<ManifestEntry> Read(string text) => [.. Manifest.Read(new StringReader(text), "m", Path.GetTempPath())];

    private static CorpusException Refuse(string text) => Assert.Throws<CorpusException>(() => Read(text));

    [Fact]
    public void Tab_separated_rows_are_read_with_paths_relative_to_the_manifest()
    {
        string path = _folder.Write("m.tsv", "path\tduration_s\tspeaker\tcorpus\tlicence\ttext\r\na/b.opus\t1.5\tann\tc1\tCC0 1.0\thello  world\r\n\r\n/abs/c.wav\t\t\t\t\t\n");
        List<ManifestEntry> rows = [.. Manifest.Read(path)];
        Assert.Equal(2, rows.Count);
        Assert.Equal(new ManifestEntry("a/b.opus", _folder.File("a/b.opus"), "hello  world")
        {
            Duration = 1.5,
            Speaker = "ann",
            Corpus = "c1",
            Licence = "CC0 1.0",
            Line = 2,
        }, rows[0]);
        Assert.Equal(Path.GetFullPath("/abs/c.wav"), rows[1].FullPath);
        Assert.Null(rows[1].Duration);
        Assert.Equal("", rows[1].Text);
        Assert.Equal(4, rows[1].Line);
    }

    [Fact]
    public void Only_path_and_text_are_needed_in_any_order_and_other_columns_are_ignored()
    {
        ManifestEntry row = Assert.Single(Read("text\tage\tPath\nyes\t44\tx.wav"));
        Assert.Equal(("x.wav", "yes"), (row.Path, row.Text));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_header()
    {
        File.WriteAllText(_folder.File("m.tsv"), "path\ttext\na\tb\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Single(Manifest.Read(_folder.File("m.tsv")));
    }

    [Fact]
    public void Mozillas_comma_separated_rows_are_read_with_quotes()
    {
        List<ManifestEntry> rows = Read("wav_filename,wav_filesize,transcript\na.wav,100,hello world\n\"b, c.wav\",5,\"she said \"\"no\"\"\nand left\"\nd.wav,,\"\"\n");
        Assert.Equal(["a.wav", "b, c.wav", "d.wav"], rows.Select(r => r.Path));
        Assert.Equal(["hello world", "she said \"no\"\nand left", ""], rows.Select(r => r.Text));
        Assert.Equal([2, 3, 5], rows.Select(r => r.Line));
    }

    [Fact]
    public void Json_lines_are_read()
    {
        List<ManifestEntry> rows = Read("""
            {"audio_filepath": "a.wav", "duration": 2.25, "text": "caf\u00e9", "speaker": 12, "license": "MIT"}
            {"text": "b", "audio_filepath": "b.wav", "duration": null, "other": [1]}
            """);
        Assert.Equal(("a.wav", "café", 2.25, "12", "MIT"), (rows[0].Path, rows[0].Text, rows[0].Duration, rows[0].Speaker, rows[0].Licence));
        Assert.Equal(("b.wav", "b", (double?)null, ""), (rows[1].Path, rows[1].Text, rows[1].Duration, rows[1].Speaker));
    }

    [Theory]
    [InlineData("", "m: the manifest is empty; it needs a header line with 'path' and 'text'.")]
    [InlineData("path\tduration_s\na\t1", "m, line 1: the header lacks the column 'text'; it has 'path', 'duration_s'.")]
    [InlineData("path\ttext\tpath\n", "m, line 1: the header names the column 'path' twice.")]
    [InlineData("path\ttext\na\tb\n\na\tb\tc\n", "m, line 4: the row has 3 columns and the header 2; a missing or extra separator.")]
    [InlineData("path\ttext\tduration_s\na\tb\tlong\n", "m, line 2: duration_s is 'long', not a number of seconds.")]
    [InlineData("path\ttext\tduration_s\na\tb\t-1\n", "m, line 2: duration_s is '-1', not a number of seconds.")]
    [InlineData("path\ttext\n \tb\n", "m, line 2: the path is empty.")]
    [InlineData("wav_filename,transcript\na,\"b\n", "m, line 2: a quoted field has no closing quote.")]
    [InlineData("wav_filename,transcript\n\"a\"b,c\n", "m, line 2: a comma must follow the closing quote of a field.")]
    [InlineData("wav_filename,text\na,b\n", "m, line 1: the header lacks the column 'transcript'; it has 'wav_filename', 'text'.")]
    [InlineData("{\"audio_filepath\": \"a\"}", "m, line 1: 'text' is missing.")]
    [InlineData("{\"audio_filepath\": 1, \"text\": \"\"}", "m, line 1: 'audio_filepath' is not a string.")]
    [InlineData("{\"audio_filepath\": \"a\", \"text\": \"b\"}\n[]", "m, line 2: the row is not a JSON object.")]
    [InlineData("{\"audio_filepath\": \"a\", \"text\": \"b\"}\n{", "m, line 2: the row is not valid JSON.")]
    [InlineData("{\"audio_filepath\": \"a\", \"text\": \"b\", \"duration\": \"x\"}", "m, line 1: 'duration' is not a number of seconds.")]
    public void A_wrong_row_gives_one_sentence_with_its_line(string text, string message) => Assert.Equal(message, Refuse(text).Message);

    [Fact]
    public void A_file_that_is_no_manifest_is_told_what_is_expected() =>
        Assert.StartsWith("m, line 1: this is no manifest: the first line must name the columns 'path' and 'text'", Refuse("hello\n").Message);

    [Fact]
    public void A_missing_manifest_and_one_that_is_not_text_are_refused()
    {
        Assert.EndsWith("there is no such manifest.", Assert.Throws<CorpusException>(() => Manifest.Read(_folder.File("no.tsv")).Count()).Message);
        File.WriteAllBytes(_folder.File("bad.tsv"), [.. "path\ttext\na\t"u8, 0xff, 0xfe, 0x41]);
        Assert.Contains("not UTF-8", Assert.Throws<CorpusException>(() => Manifest.Read(_folder.File("bad.tsv")).Count()).Message);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        string path = _folder.File("out.tsv");
        ManifestEntry[] rows =
        [
            new("x", _folder.File("sub/x.wav"), "one\ttwo\nthree") { Duration = 1.25, Speaker = "s", Corpus = "c", Licence = "l" },
            new("/elsewhere/y.wav", Path.GetFullPath("/elsewhere/y.wav"), "four"),
        ];
        Manifest.Write(path, rows);
        List<ManifestEntry> read = [.. Manifest.Read(path)];
        Assert.Equal(rows[0] with { Path = "sub/x.wav", Text = "one two three", Line = 2 }, read[0]);
        Assert.Equal(rows[1] with { Path = rows[1].FullPath, Line = 3 }, read[1]);
        Assert.Throws<CorpusException>(() => Manifest.Write(path, [new("a\tb", "/a\tb", "")]));
        Assert.Equal(2, Manifest.Read(path).Count());
    }

    [Fact]
    public void Rows_are_read_as_they_are_asked_for()
    {
        using IEnumerator<ManifestEntry> rows = Manifest.Read(new StringReader("path\ttext\na\tb\nbroken row\n"), "m", "/").GetEnumerator();
        Assert.True(rows.MoveNext());
        Assert.Throws<CorpusException>(() => rows.MoveNext());
    }
}
