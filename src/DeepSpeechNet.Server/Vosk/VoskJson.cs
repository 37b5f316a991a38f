using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server.Vosk;

/// <summary>
/// Answers as Vosk writes them, to the character: keys in the order of the alphabet, two spaces a level, a space on both sides of the colon, numbers with six
/// digits behind the point. Some of its clients compare text.
/// </summary>
internal static class VoskJson
{
    /// <summary>What was understood of an utterance that goes on.</summary>
    public static byte[] Partial(string text) => Bytes(new StringBuilder("{\n  \"partial\" : ").Append(Quoted(text)).Append("\n}"));

    /// <summary>What was understood of one or several utterances that have ended.</summary>
    /// <param name="utterances">The utterances in order; none where nothing was said.</param>
    /// <param name="settings">Which form the client wants.</param>
    public static byte[] Result(IReadOnlyList<TranscriptUpdate> utterances, VoskSettings settings)
    {
        string text = string.Join(' ', utterances.Where(u => u.Text.Length > 0).Select(u => u.Text));
        TranscriptWord[] words = settings.Words ? [.. utterances.SelectMany(u => u.Words)] : [];
        StringBuilder json = new("{\n");
        if (settings.Alternatives > 0)
        {
            json.Append("  \"alternatives\" : [");
            AppendAlternatives(json, utterances, text, words);
            json.Append(']');
        }
        else
        {
            if (words.Length > 0)
            {
                json.Append("  \"result\" : [");
                AppendWords(json, words, "      ", withConfidence: true);
                json.Append("],\n");
            }

            json.Append("  \"text\" : ").Append(Quoted(text));
        }

        return Bytes(json.Append("\n}"));
    }

    private static void AppendAlternatives(StringBuilder json, IReadOnlyList<TranscriptUpdate> utterances, string text, TranscriptWord[] words)
    {
        IReadOnlyList<TranscriptAlternative> readings = utterances.Count == 1 && utterances[0].Alternatives.Count > 0
            ? utterances[0].Alternatives
            : [new TranscriptAlternative(text, 0, 1)];
        for (int i = 0; i < readings.Count; i++)
        {
            json.Append(i == 0 ? "{\n" : ", {\n").Append("      \"confidence\" : ").Append(Number(readings[i].Confidence)).Append(",\n");

            // Times are known for the best reading only.
            if (i == 0 && words.Length > 0)
            {
                json.Append("      \"result\" : [");
                AppendWords(json, words, "          ", withConfidence: false);
                json.Append("],\n");
            }

            json.Append("      \"text\" : ").Append(Quoted(readings[i].Text)).Append("\n    }");
        }
    }

    private static void AppendWords(StringBuilder json, TranscriptWord[] words, string indent, bool withConfidence)
    {
        for (int i = 0; i < words.Length; i++)
        {
            json.Append(i == 0 ? "{\n" : ", {\n");
            if (withConfidence)
                json.Append(indent).Append("\"conf\" : ").Append(Number(words[i].Confidence)).Append(",\n");
            json.Append(indent).Append("\"end\" : ").Append(Number(words[i].End.TotalSeconds)).Append(",\n");
            json.Append(indent).Append("\"start\" : ").Append(Number(words[i].Start.TotalSeconds)).Append(",\n");
            json.Append(indent).Append("\"word\" : ").Append(Quoted(words[i].Text)).Append('\n').Append(indent.AsSpan(2)).Append('}');
        }
    }

    private static string Number(double value) => value.ToString("F6", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    private static byte[] Bytes(StringBuilder json) => Encoding.UTF8.GetBytes(json.ToString());
}
