using System.Globalization;
using System.Text.Json;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Recognition.Writers;

namespace DeepSpeechNet.Speech.Tests.Recognition.Writers;

public sealed class TranscriptWriterTests
{
    private static readonly Transcript Lights = new(
        "turn the lights on",
        Seconds(2.5),
        [Word("turn", 0.32, 0.5, 0.98765), Word("the", 0.54, 0.6, 1), Word("lights", 0.7, 1.06, 0.5), Word("on", 1.2, 1.3, 0.25)],
        [new("turn the lights on", -1.5, 0.75), new("turn the light's on", -2.59861, 0.25)]);

    private static readonly Transcript Silence = Transcript.Empty(Seconds(1));

    [Fact]
    public void Text_of_one_file_is_the_words_alone() =>
        Assert.Equal("turn the lights on\n", Write(TranscriptFormat.Text, null, ("a.wav", Lights)));

    [Fact]
    public void Text_of_several_files_names_each() => Assert.Equal(
        "a.wav\tturn the lights on\nodd name.wav\t\n",
        Write(TranscriptFormat.Text, new() { SeveralFiles = true }, ("a.wav", Lights), ("odd\tname.wav", Silence)));

    [Fact]
    public void Text_lists_words_when_asked() => Assert.Equal(
        """
        turn the lights on
              0.32     0.50  0.99  turn
              0.54     0.60  1.00  the
              0.70     1.06  0.50  lights
              1.20     1.30  0.25  on

        """.ReplaceLineEndings("\n"),
        Write(TranscriptFormat.Text, new() { Words = true }, ("a.wav", Lights)));

    [Fact]
    public void Json_lines_hold_one_object_a_file() => Assert.Equal(
        """
        {"path":"a.wav","text":"turn the lights on","duration":2.5,"words":[{"word":"turn","start":0.32,"end":0.5,"confidence":0.9877},{"word":"the","start":0.54,"end":0.6,"confidence":1},{"word":"lights","start":0.7,"end":1.06,"confidence":0.5},{"word":"on","start":1.2,"end":1.3,"confidence":0.25}],"alternatives":[{"text":"turn the lights on","confidence":0.75,"score":-1.5},{"text":"turn the light's on","confidence":0.25,"score":-2.5986}]}
        {"path":"ü \"b\".wav","text":"","duration":1,"words":[],"alternatives":[]}

        """.ReplaceLineEndings("\n"),
        Write(TranscriptFormat.JsonLines, null, ("a.wav", Lights), ("ü \"b\".wav", Silence)));

    [Fact]
    public void Json_is_the_same_as_one_array()
    {
        string json = Write(TranscriptFormat.Json, null, ("a.wav", Lights), ("b.wav", Silence));
        string[] lines = Write(TranscriptFormat.JsonLines, null, ("a.wav", Lights), ("b.wav", Silence)).Split('\n');
        Assert.Equal($"[\n{lines[0]},\n{lines[1]}\n]\n", json);
        Assert.Equal(2, JsonDocument.Parse(json).RootElement.GetArrayLength());
        Assert.Equal("[]\n", Write(TranscriptFormat.Json, null));
    }

    [Fact]
    public void An_impossible_score_is_null_in_json()
    {
        Transcript transcript = Silence with { Alternatives = [new("", double.NegativeInfinity, 1)] };
        Assert.Contains("\"score\":null", Write(TranscriptFormat.JsonLines, null, ("a", transcript)), StringComparison.Ordinal);
    }

    [Fact]
    public void Tsv_is_a_manifest() => Assert.Equal(
        "path\tduration_s\ttext\na.wav\t2.5\tturn the lights on\nb.wav\t1\t\n",
        Write(TranscriptFormat.Tsv, null, ("a.wav", Lights), ("b.wav", Silence)));

    [Fact]
    public void Tsv_lists_words_when_asked() => Assert.Equal(
        "path\tstart\tend\tword\tconfidence\n"
        + "a.wav\t0.32\t0.5\tturn\t0.9877\na.wav\t0.54\t0.6\tthe\t1\na.wav\t0.7\t1.06\tlights\t0.5\na.wav\t1.2\t1.3\ton\t0.25\n",
        Write(TranscriptFormat.Tsv, new() { Words = true }, ("a.wav", Lights), ("b.wav", Silence)));

    [Fact]
    public void SubRip_numbers_its_subtitles() => Assert.Equal(
        """
        1
        00:00:00,320 --> 00:00:01,320
        turn the lights on

        2
        01:00:03,000 --> 01:00:04,000
        and <off>


        """.ReplaceLineEndings("\n"),
        Write(TranscriptFormat.SubRip, null, ("a.wav", Hour())));

    [Fact]
    public void WebVtt_has_a_header_and_escapes_markup() => Assert.Equal(
        """
        WEBVTT

        00:00:00.320 --> 00:00:01.320
        turn the lights on

        01:00:03.000 --> 01:00:04.000
        and &lt;off&gt;


        """.ReplaceLineEndings("\n"),
        Write(TranscriptFormat.WebVtt, null, ("a.wav", Hour())));

    [Fact]
    public void WebVtt_of_several_files_names_each_in_a_comment() => Assert.Equal(
        "WEBVTT\n\nNOTE a->.wav\n\n00:00:00.320 --> 00:00:01.320\nturn the lights on\n\nNOTE b.wav\n\n",
        Write(TranscriptFormat.WebVtt, new() { SeveralFiles = true }, ("a-->.wav", Lights), ("b.wav", Silence)));

    [Fact]
    public void Numbers_have_points_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        string[] expected = [.. Everything()];
        try
        {
            CultureInfo.CurrentCulture = commas;
            Assert.Equal(expected, Everything());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static IEnumerable<string> Everything() => Enum.GetValues<TranscriptFormat>()
            .Select(format => Write(format, new() { Words = true }, ("a.wav", Lights)));
    }

    [Fact]
    public void Every_format_has_a_name_an_extension_and_a_writer()
    {
        Assert.Equal(["text", "json", "jsonl", "srt", "vtt", "tsv"], TranscriptFormats.Names);
        string[] extensions = [".txt", ".json", ".jsonl", ".srt", ".vtt", ".tsv"];
        for (int i = 0; i < 6; i++)
        {
            Assert.True(TranscriptFormats.TryParse(TranscriptFormats.Names[i].ToUpperInvariant(), out TranscriptFormat format));
            Assert.Equal(extensions[i], TranscriptFormats.Extension(format));
            Assert.NotNull(TranscriptFormats.CreateWriter(format));
        }

        Assert.False(TranscriptFormats.TryParse("docx", out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => TranscriptFormats.CreateWriter((TranscriptFormat)99));
    }

    private static Transcript Hour() => Lights with
    {
        Duration = Seconds(3700),
        Words = [.. Lights.Words, Word("and", 3603, 3603.2, 1), Word("<off>", 3603.3, 3603.5, 1)],
    };

    private static string Write(TranscriptFormat format, TranscriptWriterOptions? options, params (string Path, Transcript Transcript)[] files)
    {
        ITranscriptWriter writer = TranscriptFormats.CreateWriter(format, options);
        StringWriter output = new();
        writer.Begin(output);
        foreach ((string path, Transcript transcript) in files) writer.Write(output, path, transcript);
        writer.End(output);
        return output.ToString();
    }

    private static TimeSpan Seconds(double value) => TimeSpan.FromSeconds(value);

    private static TranscriptWord Word(string text, double start, double end, double confidence) =>
        new(text, Seconds(start), Seconds(end), confidence);
}
