using System.Text.Json;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server.Live;

/// <summary>What the server says to the live page. Times are seconds from the start of the stream.</summary>
internal static class LiveJson
{
    /// <summary>The session is open: which model listens and which letters it knows.</summary>
    public static byte[] Ready(Recognizer recognizer, string model) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "ready");
        json.WriteString("model", model);
        json.WriteString("alphabet", recognizer.Model.Alphabet.Symbols);
        json.WriteEndObject();
    });

    /// <summary>A partial or final text, its words, and the network's letters: where it spikes.</summary>
    public static byte[] Update(TranscriptUpdate update) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", update.IsFinal ? "final" : "partial");
        json.WriteNumber("utterance", update.Utterance);
        json.WriteNumber("start", JsonText.Seconds(update.Start));
        json.WriteNumber("end", JsonText.Seconds(update.End));
        json.WriteString("text", update.Text);
        json.WriteStartArray("words");
        foreach (TranscriptWord word in update.Words)
        {
            json.WriteStartObject();
            json.WriteString("word", word.Text);
            json.WriteNumber("start", JsonText.Seconds(word.Start));
            json.WriteNumber("end", JsonText.Seconds(word.End));
            json.WriteNumber("confidence", JsonText.Round(word.Confidence));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("letters");
        foreach (LetterSpike letter in update.Letters)
        {
            json.WriteStartArray();
            json.WriteStringValue(letter.Letter);
            json.WriteNumberValue(JsonText.Seconds(letter.Time));
            json.WriteNumberValue(JsonText.Round(letter.Probability));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Everything was told.</summary>
    public static byte[] End(TimeSpan duration) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "end");
        json.WriteNumber("duration", JsonText.Seconds(duration));
        json.WriteEndObject();
    });
}
