using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public ExplainCommandTests()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        ToneSpeech.SaveWav(_dsn["one.wav"], "bad cab");
    }

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task The_page_says_what_the_transcript_says()
    {
        CommandLine.Run run = await _dsn.RunAsync("explain", "@/one.wav", "--model", "@/model", "--out", "@/page.html", "--reference", "Bad cap!");
        run.Expect(0, "@/page.html: bad cab\n", "");
        CommandLine.Run transcript = await _dsn.RunAsync("transcribe", "@/one.wav", "--model", "@/model", "--format", "jsonl", "--alternatives", "10", "--beam", "64");
        JsonElement json = JsonDocument.Parse(transcript.Out).RootElement;
        XDocument page = XDocument.Load(_dsn["page.html"]);
        Assert.Equal("one.wav", page.Descendants("h1").Single().Value);

        string[][] words = Rows(page, "words"), expected = [.. json.GetProperty("words").EnumerateArray().Select(w => (string[])[
            w.GetProperty("word").GetString()!, Number(w, "start"), Number(w, "end")])];
        Assert.Equal(expected, words.Select(w => w[..3]));

        string[][] readings = Rows(page, "readings");
        JsonElement[] alternatives = [.. json.GetProperty("alternatives").EnumerateArray()];
        Assert.Equal(alternatives.Select(a => Number(a, "score").Replace('-', '\u2212')), readings.Select(r => r[2]));
        Assert.Equal(alternatives[0].GetProperty("text").GetString(), readings[0][1]);
        Assert.Contains("1 of 2 words wrong, WER 50.0 %", page.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_looks_like_markup_stays_a_name()
    {
        File.Copy(_dsn["one.wav"], _dsn["<script>alert(1)&.wav"]);
        CommandLine.Run run = await _dsn.RunAsync("explain", "@/<script>alert(1)&.wav", "--model", "@/model", "--out", "@/page.html");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Equal("<script>alert(1)&.wav", XDocument.Load(_dsn["page.html"]).Descendants("h1").Single().Value);
        Assert.DoesNotContain("<script>alert", File.ReadAllText(_dsn["page.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_recording_is_shown_in_parts_that_are_named()
    {
        // Ten tones, a pause that the segmenter sees, and again: 150 s.
        float[] said = [.. ToneSpeech.Say("bad cab egg"), .. new float[3 * ToneSpeech.Rate]];
        ToneSpeech.SaveWav(_dsn["long.wav"], [.. Enumerable.Repeat(said, 36).SelectMany(s => s)]);
        CommandLine.Run run = await _dsn.RunAsync("explain", "@/long.wav", "--model", "@/model", "--out", "@/page.html");
        Assert.Equal(0, run.Exit);
        Assert.StartsWith("dsn: @/long.wav lasts 149 s and a page shows at most 120 s: this one shows 0 s to 1", run.Error, StringComparison.Ordinal);
        string start = run.Error.TrimEnd('\n', '.').Split(' ')[^1];
        Assert.InRange(double.Parse(start, CultureInfo.InvariantCulture), 90, 120);
        Assert.Contains($"<code>dsn explain --start {start}</code>", File.ReadAllText(_dsn["page.html"]), StringComparison.Ordinal);

        CommandLine.Run rest = await _dsn.RunAsync("explain", "@/long.wav", "--model", "@/model", "--out", "@/rest.html", "--start", start);
        Assert.Equal(0, rest.Exit);
        Assert.EndsWith(", the end.\n", rest.Error, StringComparison.Ordinal);
        int utterances = run.Out.Split("bad cab egg").Length - 1 + rest.Out.Split("bad cab egg").Length - 1;
        Assert.Equal(36, utterances);
    }

    [Theory]
    [InlineData("--start 5", "dsn: @/one.wav lasts 0.7 s; --start 5 lies behind its end.\n")]
    [InlineData("--start 0.5", "dsn: @/one.wav lasts 0.7 s and fits one page whole: leave out --start.\n")]
    [InlineData("--start -1", "dsn: StartSeconds is -1; it must be 0 or more.\n")]
    [InlineData("--alternatives 0", "dsn: Alternatives is 0; it must be at least 1.\n")]
    [InlineData("--beam 1", "dsn: A beam of 1 is the best path, which leaves nothing to explain: ask for a wider one, or for none.\n")]
    public async Task What_makes_no_sense_is_wrong_usage(string options, string sentence) =>
        (await _dsn.RunAsync(["explain", "@/one.wav", "--model", "@/model", "--out", "@/page.html", .. options.Split(' ')])).Expect(DsnCommand.WrongUsage, "", sentence);

    [Fact]
    public async Task What_cannot_be_read_or_written_is_a_sentence()
    {
        (await _dsn.RunAsync("explain", "@/none.wav", "--model", "@/model")).Expect(DsnCommand.Failed, "", "dsn: @/none.wav: there is no such file.\n");
        (await _dsn.RunAsync("explain", "@/one.wav", "--model", "@/model", "--out", "@/none/page.html")).Expect(
            DsnCommand.Failed, "", "dsn: Cannot save '@/none/page.html': its folder does not exist. Create it and try again.\n");
    }

    private static string Number(JsonElement of, string name) => of.GetProperty(name).GetDouble().ToString("0.00", CultureInfo.InvariantCulture);

    private static string[][] Rows(XDocument page, string table) =>
        [.. page.Descendants("table").Single(t => (string?)t.Attribute("class") == table).Element("tbody")!.Elements("tr").Select(r => r.Elements("td").Select(c => c.Value.Trim()).ToArray())];
}
