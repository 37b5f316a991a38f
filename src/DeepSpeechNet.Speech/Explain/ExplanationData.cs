using System.Buffers;
using System.Text;
using System.Text.Json;
using DeepSpeechNet.Audio.Files;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>
/// What the page's pictures are drawn from, as one JSON object: <c>wav</c> (a WAV file of the part), <c>picture</c> (the spectrogram's bytes),
/// <c>utterances</c> (probabilities as bytes, 255 for certain), <c>words</c> and <c>heard</c> with their times.
/// </summary>
internal static class ExplanationData
{
    /// <summary>The object as text that may stand inside a script element: no <c>&lt;</c>, <c>&gt;</c> or <c>&amp;</c> in it.</summary>
    public static string Json(Explanation explanation)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
            Write(json, explanation);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The words of the page with their times in the part, in order; and the same for the best path.</summary>
    public static IEnumerable<(string Text, double Start, double End, double Confidence)> Words(Explanation explanation, bool greedy) =>
        from utterance in explanation.Utterances
        from word in (greedy ? utterance.Greedy : utterance.Transcript).Words
        select (word.Text, (utterance.Start + word.Start).TotalSeconds, (utterance.Start + word.End).TotalSeconds, word.Confidence);

    private static void Write(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteStartObject();
        json.WriteNumber("duration", Math.Round(explanation.Sound.Duration.TotalSeconds, 4));
        json.WriteNumber("offset", Math.Round(explanation.Start.TotalSeconds, 4));
        json.WriteNumber("frame", Math.Round(explanation.Frame.TotalSeconds, 6));
        json.WriteBase64String("wav", Wav(explanation.Sound));
        json.WriteStartObject("picture");
        json.WriteNumber("bands", explanation.Picture.Bands);
        json.WriteNumber("hop", explanation.Picture.HopSeconds);
        json.WriteNumber("window", explanation.Picture.WindowSeconds);
        json.WriteStartArray("hertz");
        foreach (double hertz in explanation.Picture.BandHertz)
            json.WriteNumberValue(Math.Round(hertz));
        json.WriteEndArray();
        json.WriteBase64String("values", explanation.Picture.Values);
        json.WriteEndObject();
        json.WriteStartArray("symbols");
        for (int i = 0; i < explanation.Alphabet.Size; i++)
            json.WriteStringValue(explanation.Alphabet[i].ToString());
        json.WriteEndArray();
        json.WriteStartArray("utterances");
        foreach (ExplainedUtterance utterance in explanation.Utterances)
        {
            json.WriteStartObject();
            json.WriteNumber("start", Math.Round(utterance.Start.TotalSeconds, 4));
            json.WriteBase64String("p", Array.ConvertAll(utterance.LogProbabilities, v => (byte)Math.Round(255 * Math.Clamp(Math.Exp(v), 0, 1))));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteWords(json, explanation, greedy: false);
        WriteWords(json, explanation, greedy: true);
        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json, Explanation explanation, bool greedy)
    {
        bool[] changed = Changed(explanation, greedy);
        int index = 0;
        json.WriteStartArray(greedy ? "heard" : "words");
        foreach ((string text, double start, double end, double confidence) in Words(explanation, greedy))
        {
            json.WriteStartObject();
            json.WriteString("word", text);
            json.WriteNumber("start", Math.Round(start, 3));
            json.WriteNumber("end", Math.Round(end, 3));
            json.WriteNumber("confidence", Math.Round(confidence, 4));
            json.WriteBoolean("changed", changed[index++]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>For each word whether it is part of a change.</summary>
    private static bool[] Changed(Explanation explanation, bool greedy)
    {
        List<bool> all = [];
        foreach (ExplainedUtterance utterance in explanation.Utterances)
        {
            bool[] own = new bool[(greedy ? utterance.Greedy : utterance.Transcript).Words.Count];
            foreach (WordChange change in utterance.Changes)
                own.AsSpan(greedy ? change.FirstHeard : change.FirstWord, greedy ? change.HeardCount : change.WordCount).Fill(true);
            all.AddRange(own);
        }

        return [.. all];
    }

    private static byte[] Wav(AudioClip sound)
    {
        using MemoryStream stream = new();
        using (WavWriter writer = new(stream, sound.SampleRate))
            writer.Write(sound.Samples);
        return stream.ToArray();
    }
}
