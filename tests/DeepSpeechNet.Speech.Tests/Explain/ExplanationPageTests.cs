using System.Text.Json;
using System.Xml.Linq;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Language;
using DeepSpeechNet.Speech.Explain;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Tests.Pages;

namespace DeepSpeechNet.Speech.Tests.Explain;

public sealed class ExplanationPageTests
{
    private const string Hostile = "<script>alert(\"1\")<b>&'.wav";

    [Fact]
    public void It_is_well_formed_and_refers_to_nothing_outside()
    {
        string page = Page(Sample());
        SelfContained.Check(page);
        Assert.Equal("en", XDocument.Parse(page).Root!.Attribute("lang")!.Value);
    }

    [Fact]
    public void Names_and_texts_stay_text()
    {
        Explanation explanation = Sample() with { Name = "folder/" + Hostile, Model = Hostile, Parts = [Hostile], Reference = Hostile };
        string page = Page(explanation);
        SelfContained.Check(page);
        Assert.Equal(Hostile, XDocument.Parse(page).Descendants("h1").Single().Value);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_times_scores_and_changes_are_the_transcripts()
    {
        XDocument page = XDocument.Parse(Page(Sample()), LoadOptions.PreserveWhitespace);
        XElement words = page.Descendants("table").Single(t => (string?)t.Attribute("class") == "words");
        Assert.Equal(["go", "0.50", "0.62", "90.0 %", "\u22120.25"], Cells(words, 0));
        Assert.Equal(["right", "0.70", "0.90", "45.0 %", "+1.50"], Cells(words, 1));
        XElement readings = page.Descendants("table").Single(t => (string?)t.Attribute("class") == "readings");
        Assert.Equal(["1", "go right", "\u22121.75", "\u22123.00", "1.25", "75.0 %"], Cells(readings, 0));
        Assert.Equal(["2", "go write", "\u22122.85", "\u22122.00", "\u22120.85", "25.0 %"], Cells(readings, 1));
        XElement mark = page.Descendants("span").Single(e => (string?)e.Attribute("class") == "change");
        Assert.Equal(["heard as write", "n-gram +2.10", "right"], mark.Elements("span").Select(e => e.Value.Trim()));
        XElement card = page.Descendants("article").Single();
        Assert.StartsWith("write \u2192 right", card.Element("h3")!.Value.Trim(), StringComparison.Ordinal);
        Assert.Equal("Changed by the n-gram, with odds of 3.0 to 1.", card.Element("p")!.Value);
        Assert.Equal(["sound\u22121.00", "n-gram+2.10", "together+1.10"], card.Descendants("tr").Select(r => r.Value.Trim()));
    }

    [Fact]
    public void A_word_lost_where_another_is_changed_is_shown_beside_it()
    {
        Explanation explanation = Sample();
        TranscriptWord word = explanation.Utterances[0].Greedy.Words[0];
        ExplainedUtterance utterance = explanation.Utterances[0] with
        {
            Greedy = new Transcript("y write now", TimeSpan.FromSeconds(1), [word with { Text = "y" }, word with { Text = "write" }, word with { Text = "now" }], []),
            Changes = [new WordChange("", "go", 0, 0, 1, [0]), new WordChange("y", "", 1, 0, -1, [2]), new WordChange("write", "right", 1, 1, -1, [2.1]), new WordChange("now", "", 2, 2, 1, [0])],
        };
        XElement said = XDocument.Parse(Page(explanation with { Utterances = [utterance] })).Descendants("p").Single(p => (string?)p.Attribute("class") == "said");
        Assert.Equal(["+", "heard as y", "heard as write", "heard as now"], said.Elements("span").Select(e => e.Elements("span").First().Value));
        Assert.Equal(["go", "\u2715", "right", "\u2715"], said.Elements("span").Select(e => e.Elements("span").Last().Value.Trim()));
        Assert.Equal(["0", "1"], said.Descendants("button").Select(b => (string?)b.Attribute("data-word")));
    }

    [Fact]
    public void The_data_of_the_pictures_is_the_explanations()
    {
        Explanation explanation = Sample();
        XElement script = XDocument.Parse(Page(explanation)).Descendants("script").Single(s => (string?)s.Attribute("id") == "data");
        JsonElement data = JsonDocument.Parse(script.Value).RootElement;
        Assert.Equal(1.0, data.GetProperty("duration").GetDouble());
        Assert.Equal(["go", "right"], data.GetProperty("words").EnumerateArray().Select(w => w.GetProperty("word").GetString()));
        Assert.Equal([false, true], data.GetProperty("words").EnumerateArray().Select(w => w.GetProperty("changed").GetBoolean()));
        Assert.Equal([0.5, 0.7], data.GetProperty("words").EnumerateArray().Select(w => w.GetProperty("start").GetDouble()));
        Assert.Equal([false, true], data.GetProperty("heard").EnumerateArray().Select(w => w.GetProperty("changed").GetBoolean()));
        byte[] wav = data.GetProperty("wav").GetBytesFromBase64();
        Assert.Equal(explanation.Sound.Samples.Length, AudioFile.ReadMono(new MemoryStream(wav), "wav").Samples.Length);
        byte[] probabilities = data.GetProperty("utterances")[0].GetProperty("p").GetBytesFromBase64();
        Assert.Equal([255, 0, 153], probabilities[..3]);
    }

    [Fact]
    public void A_part_of_a_long_recording_says_which()
    {
        Explanation explanation = Sample() with { Start = TimeSpan.FromSeconds(118.5), Whole = TimeSpan.FromHours(1) };
        Assert.Contains("This page shows 1:58 to 1:59 of a recording of 1:00:00;", Page(explanation), StringComparison.Ordinal);
        Assert.Contains("<code>dsn explain --start 119.5</code>", Page(explanation), StringComparison.Ordinal);
        Assert.DoesNotContain("This page shows", Page(Sample()), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_said_is_a_page_too()
    {
        string page = Page(Sample() with { Utterances = [] });
        SelfContained.Check(page);
        Assert.Contains("Nothing was said.", page, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_minutes_stay_within_twelve_megabytes()
    {
        AudioClip sound = new(new float[120 * 16000], 16000, []);
        ExplainedUtterance utterance = Sample().Utterances[0] with { LogProbabilities = new float[6000 * 29] };
        Explanation explanation = Sample() with
        {
            Sound = sound,
            Whole = sound.Duration,
            Alphabet = Alphabet.English,
            Utterances = [utterance],
            Picture = SoundPicture.Of(sound.Samples, new Audio.Processing.FrontEndOptions()),
        };
        Assert.InRange(Page(explanation).Length, 1_000_000, 12_000_000);
    }

    private static string Page(Explanation explanation)
    {
        using StringWriter writer = new();
        ExplanationPage.Write(writer, explanation);
        return writer.ToString();
    }

    private static IEnumerable<string> Cells(XElement table, int row) => table.Element("tbody")!.Elements("tr").ElementAt(row).Elements("td").Select(c => c.Value.Trim());

    private static Explanation Sample()
    {
        TimeSpan duration = TimeSpan.FromSeconds(1);
        TranscriptWord Word(string text, double start, double end, double confidence) => new(text, TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end), confidence);
        Transcript greedy = new("go write", duration, [Word("go", 0.5, 0.62, 0.9), Word("write", 0.7, 0.9, 0.5)], []);
        Transcript transcript = new(
            "go right", duration, [Word("go", 0.5, 0.62, 0.9), Word("right", 0.7, 0.9, 0.45)], [new TranscriptAlternative("go right", -1.75, 0.75), new TranscriptAlternative("go write", -2.85, 0.25)]);
        ExplainedUtterance utterance = new(
            TimeSpan.Zero,
            [0, float.NegativeInfinity, MathF.Log(0.6f)],
            greedy,
            transcript,
            [new ScoredReading("go right", -3, [1.25], 0.75), new ScoredReading("go write", -2, [-0.85], 0.25)],
            [[-0.25], [1.5]],
            [new WordChange("write", "right", 1, 1, -1, [2.1])]);
        float[] samples = new float[16000];
        return new Explanation
        {
            Name = "go.wav",
            Model = "models/x",
            BeamWidth = 8,
            Parts = ["n-gram"],
            Sound = new AudioClip(samples, 16000, []),
            Start = TimeSpan.Zero,
            Whole = duration,
            Picture = SoundPicture.Of(samples, new Audio.Processing.FrontEndOptions()),
            Alphabet = new Alphabet("ab"),
            Frame = TimeSpan.FromMilliseconds(30),
            Utterances = [utterance],
        };
    }
}
