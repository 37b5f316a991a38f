using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DeepSpeechNet.Speech.Recognition.Writers;

/// <summary>
/// One file's transcript as one JSON object on one line: <c>path</c> (as given), <c>text</c>, <c>duration</c> (seconds),
/// <c>words</c> (<c>word</c>, <c>start</c>, <c>end</c>, <c>confidence</c>), <c>alternatives</c> (<c>text</c>,
/// <c>confidence</c>, <c>score</c>).
/// </summary>
internal static class TranscriptJson
{
    // What only HTML must escape stays readable; output is for files and pipes.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object as text.</summary>
    public static string Serialize(string path, Transcript transcript)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options)) Write(json, path, transcript);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string path, Transcript transcript)
    {
        json.WriteStartObject();
        json.WriteString("path", path);
        json.WriteString("text", transcript.Text);
        json.WriteNumber("duration", Fields.Seconds(transcript.Duration));
        json.WriteStartArray("words");
        foreach (TranscriptWord word in transcript.Words)
        {
            json.WriteStartObject();
            json.WriteString("word", word.Text);
            json.WriteNumber("start", Fields.Seconds(word.Start));
            json.WriteNumber("end", Fields.Seconds(word.End));
            json.WriteNumber("confidence", Fields.Probability(word.Confidence));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("alternatives");
        foreach (TranscriptAlternative alternative in transcript.Alternatives)
        {
            json.WriteStartObject();
            json.WriteString("text", alternative.Text);
            json.WriteNumber("confidence", Fields.Probability(alternative.Confidence));

            // JSON has no infinity; a reading without any probability has no score to compare.
            if (double.IsFinite(alternative.Score)) json.WriteNumber("score", Math.Round(alternative.Score, 4));
            else json.WriteNull("score");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
