using System.IO.Compression;
using System.Text;
using System.Text.Json;
using DeepSpeechNet.Language;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server.OpenAi;

/// <summary>The JSON of transcription answers and events.</summary>
internal static class TranscriptionJson
{
    // Segments count time in hundredths of a second.
    private const int SeekPerSecond = 100;

    /// <summary>The short answer: the text, on demand with the words' logarithmic probabilities.</summary>
    public static byte[] Plain(Transcript transcript, bool logProbabilities) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("text", transcript.Text);
        if (logProbabilities)
            WriteLogProbabilities(json, transcript.Words);
        WriteUsage(json, transcript.Duration);
        json.WriteEndObject();
    });

    /// <summary>The long answer.</summary>
    public static byte[] Verbose(Transcript transcript, IReadOnlyList<Segment> segments, TranscriptionRequest request, Alphabet alphabet) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("task", "transcribe");
        json.WriteString("language", request.Language);
        json.WriteNumber("duration", JsonText.Seconds(transcript.Duration));
        json.WriteString("text", transcript.Text);
        if (request.Words)
            WriteWords(json, transcript.Words);
        if (request.Segments)
        {
            json.WriteStartArray("segments");
            for (int i = 0; i < segments.Count; i++)
                WriteSegment(json, i, segments[i], alphabet);
            json.WriteEndArray();
        }

        WriteUsage(json, transcript.Duration);
        json.WriteEndObject();
    });

    /// <summary>An event with the next piece of text.</summary>
    public static byte[] Delta(string text, IReadOnlyList<TranscriptWord>? logProbabilities) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "transcript.text.delta");
        json.WriteString("delta", text);
        if (logProbabilities is not null)
            WriteLogProbabilities(json, logProbabilities);
        json.WriteEndObject();
    });

    /// <summary>The last event, with the whole text.</summary>
    public static byte[] Done(Transcript transcript, bool logProbabilities) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "transcript.text.done");
        json.WriteString("text", transcript.Text);
        if (logProbabilities)
            WriteLogProbabilities(json, transcript.Words);
        WriteUsage(json, transcript.Duration);
        json.WriteEndObject();
    });

    /// <summary>How well a text compresses, which tells loops from speech: its length over that of its zlib stream.</summary>
    internal static double CompressionRatio(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(bytes);
        return bytes.Length / (double)packed.Length;
    }

    private static void WriteWords(Utf8JsonWriter json, IReadOnlyList<TranscriptWord> words)
    {
        json.WriteStartArray("words");
        foreach (TranscriptWord word in words)
        {
            json.WriteStartObject();
            json.WriteString("word", word.Text);
            json.WriteNumber("start", JsonText.Seconds(word.Start));
            json.WriteNumber("end", JsonText.Seconds(word.End));
            json.WriteNumber("confidence", JsonText.Round(word.Confidence));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>
    /// A segment with all ten fields that clients insist on. Tokens are the classes of the letters; the mean logarithm is over words; there is no speech in
    /// it if none of its words is right, taken as independent.
    /// </summary>
    private static void WriteSegment(Utf8JsonWriter json, int id, Segment segment, Alphabet alphabet)
    {
        string text = segment.Text;
        double logs = 0, none = 1;
        foreach (TranscriptWord word in segment.Words)
        {
            logs += Log(word);
            none *= 1 - word.Confidence;
        }

        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("seek", (long)(segment.Start.TotalSeconds * SeekPerSecond));
        json.WriteNumber("start", JsonText.Seconds(segment.Start));
        json.WriteNumber("end", JsonText.Seconds(segment.End));
        json.WriteString("text", text);
        json.WriteStartArray("tokens");
        foreach (int token in alphabet.Encode(text))
            json.WriteNumberValue(token);
        json.WriteEndArray();
        json.WriteNumber("temperature", 0);
        json.WriteNumber("avg_logprob", JsonText.Round(logs / segment.Words.Count));
        json.WriteNumber("compression_ratio", JsonText.Round(CompressionRatio(text)));
        json.WriteNumber("no_speech_prob", JsonText.Round(Math.Clamp(none, 0, 1)));
        json.WriteEndObject();
    }

    private static void WriteLogProbabilities(Utf8JsonWriter json, IReadOnlyList<TranscriptWord> words)
    {
        json.WriteStartArray("logprobs");
        for (int i = 0; i < words.Count; i++)
        {
            string token = i == 0 ? words[i].Text : " " + words[i].Text;
            json.WriteStartObject();
            json.WriteString("token", token);
            json.WriteNumber("logprob", JsonText.Round(Log(words[i])));
            json.WriteStartArray("bytes");
            foreach (byte b in Encoding.UTF8.GetBytes(token))
                json.WriteNumberValue(b);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUsage(Utf8JsonWriter json, TimeSpan duration)
    {
        json.WriteStartObject("usage");
        json.WriteString("type", "duration");
        json.WriteNumber("seconds", (long)Math.Ceiling(duration.TotalSeconds));
        json.WriteEndObject();
    }

    private static double Log(TranscriptWord word) => Math.Log(Math.Clamp(word.Confidence, 1e-9, 1));
}
