using System.Globalization;
using DeepSpeechNet.Language;
using DeepSpeechNet.Language.Decoding.HotWords;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DeepSpeechNet.Server.OpenAi;

/// <summary>How the text of an upload is to be written.</summary>
internal enum ResponseFormat
{
    Json,
    Text,
    Srt,
    VerboseJson,
    Vtt,
}

/// <summary>The fields of <c>POST /v1/audio/transcriptions</c>, checked.</summary>
internal sealed record TranscriptionRequest
{
    private static readonly string[] KnownFormats = ["json", "text", "srt", "verbose_json", "vtt"];

    /// <summary>The recording.</summary>
    public required IFormFile File { get; init; }

    /// <summary>How the text is to be written.</summary>
    public ResponseFormat Format { get; init; }

    /// <summary>Whether a verbose answer lists words.</summary>
    public bool Words { get; init; }

    /// <summary>Whether a verbose answer lists segments.</summary>
    public bool Segments { get; init; }

    /// <summary>Whether the answer comes as events.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether the logarithms of the words' probabilities are wanted.</summary>
    public bool LogProbabilities { get; init; }

    /// <summary>The language as the client names it.</summary>
    public string Language { get; init; } = "english";

    /// <summary>Words to favour; null for none.</summary>
    public HotWordList? HotWords { get; init; }

    /// <summary>Reads the fields of a form.</summary>
    /// <exception cref="RefusalException">One is missing or makes no sense.</exception>
    public static TranscriptionRequest Read(IFormCollection form, ServerOptions options, Alphabet alphabet)
    {
        IFormFile file = form.Files.GetFile("file")
            ?? throw Bad("file", "The field 'file' is missing; send the recording as a part of that name.");
        if (form.Files.Count > 1)
            throw Bad("file", "There is more than one file; send a request for each.");
        CheckModel(form["model"].ToString(), options);
        ResponseFormat format = ParseFormat(form["response_format"].ToString());
        (bool words, bool segments) = Granularities(form, format);
        bool stream = Flag("stream", form["stream"].ToString());
        if (stream && format is not (ResponseFormat.Json or ResponseFormat.Text))
            throw Bad("stream", "Events come with the response formats json and text only; leave out stream or choose one of them.");
        CheckTemperature(form["temperature"].ToString());
        return new TranscriptionRequest
        {
            File = file,
            Format = format,
            Words = words,
            Segments = segments,
            Stream = stream,
            LogProbabilities = Many(form, "include").Any(i => i == "logprobs"),
            Language = form["language"].ToString() is { Length: > 0 and <= 40 } language ? language : "english",
            HotWords = ParseHotWords(form, options, alphabet),
        };
    }

    private static void CheckModel(string model, ServerOptions options)
    {
        if (model.Length == 0)
            throw Bad("model", $"The field 'model' is missing; this server has '{options.ModelName}'.");
        if (model != options.ModelName && !options.ModelAliases.Contains(model))
            throw new RefusalException(StatusCodes.Status404NotFound, $"There is no such model here; this server has '{options.ModelName}'.", "model", "model_not_found");
    }

    private static ResponseFormat ParseFormat(string name)
    {
        int index = name.Length == 0 ? 0 : Array.IndexOf(KnownFormats, name);
        return index >= 0 ? (ResponseFormat)index : throw Bad("response_format", $"The response format is none of {string.Join(", ", KnownFormats)}.");
    }

    private static (bool Words, bool Segments) Granularities(IFormCollection form, ResponseFormat format)
    {
        string[] asked = [.. Many(form, "timestamp_granularities")];
        if (asked.Length == 0)
            return (false, true);
        if (format != ResponseFormat.VerboseJson)
            throw Bad("timestamp_granularities", "Time stamps come with the response format verbose_json only.");
        if (asked.Any(a => a is not ("word" or "segment")))
            throw Bad("timestamp_granularities", "A time stamp granularity is neither word nor segment.");
        return (asked.Contains("word"), asked.Contains("segment"));
    }

    private static void CheckTemperature(string text)
    {
        if (text.Length > 0 && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 1))
            throw Bad("temperature", "The temperature must be a number from 0 to 1. (It changes nothing here: this recogniser never draws at random.)");
    }

    private static HotWordList? ParseHotWords(IFormCollection form, ServerOptions options, Alphabet alphabet)
    {
        try
        {
            return HotWordText.Parse(Many(form, "keywords"), alphabet, options.HotWordWeight, lenient: false);
        }
        catch (HotWordException e)
        {
            throw Bad("keywords", e.Message);
        }
    }

    private static bool Flag(string name, string text) => text.ToLowerInvariant() switch
    {
        "" or "false" or "0" => false,
        "true" or "1" => true,
        _ => throw Bad(name, $"The field '{name}' must be true or false."),
    };

    /// <summary>The values of a list, which clients name with or without brackets.</summary>
    private static IEnumerable<string> Many(IFormCollection form, string name)
    {
        foreach (StringValues values in (StringValues[])[form[name], form[name + "[]"]])
        {
            foreach (string? value in values)
            {
                if (!string.IsNullOrEmpty(value))
                    yield return value;
            }
        }
    }

    private static RefusalException Bad(string field, string message) => new(StatusCodes.Status400BadRequest, message, field);
}
