using System.Diagnostics;
using DeepSpeechNet.Server.Observing;
using DeepSpeechNet.Server.Uploads;
using DeepSpeechNet.Speech.Recognition;
using DeepSpeechNet.Speech.Recognition.Writers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DeepSpeechNet.Server.OpenAi;

/// <summary><c>POST /v1/audio/transcriptions</c> as OpenAI describes it.</summary>
internal sealed class TranscriptionEndpoint(Recognizer recognizer, ServerOptions options, UploadGate gate, ServerMetrics metrics, Health health)
{
    private const int LongestField = 1 << 16, MostFields = 2048;

    private readonly UploadTranscriber _transcriber = new(recognizer, options);

    public async Task HandleAsync(HttpContext context)
    {
        using IDisposable place = gate.Enter();
        TranscriptionRequest request = TranscriptionRequest.Read(await ReadFormAsync(context).ConfigureAwait(false), options, recognizer.Model.Alphabet);
        using IDisposable turn = await gate.WorkAsync(context.RequestAborted).ConfigureAwait(false);
        long began = Stopwatch.GetTimestamp();
        SessionOptions session = SessionSettings.Create(recognizer, options, sampleRate: 16000, request.HotWords);
        Stream content = request.File.OpenReadStream();
        await using (content.ConfigureAwait(false))
        {
            Transcript transcript = request.Stream
                ? await StreamAsync(context, request, content, session).ConfigureAwait(false)
                : await AnswerAsync(context, request, content, session).ConfigureAwait(false);
            health.Succeeded();
            metrics.Transcribed(transcript.Duration, Stopwatch.GetElapsedTime(began), "upload");
            context.Items[RequestLog.AudioSeconds] = transcript.Duration.TotalSeconds;
        }
    }

    private async Task<Transcript> AnswerAsync(HttpContext context, TranscriptionRequest request, Stream content, SessionOptions session)
    {
        List<TranscriptUpdate> utterances = [];
        await foreach (TranscriptUpdate update in _transcriber.RunAsync(content, session, context.RequestAborted).ConfigureAwait(false))
            utterances.Add(update);
        Transcript transcript = Join(utterances);
        (string type, byte[] body) = request.Format switch
        {
            ResponseFormat.Json => ("application/json", TranscriptionJson.Plain(transcript, request.LogProbabilities)),
            ResponseFormat.VerboseJson => ("application/json", TranscriptionJson.Verbose(transcript, SegmentSplitter.Split(utterances), request, recognizer.Model.Alphabet)),
            ResponseFormat.Srt => ("application/x-subrip; charset=utf-8", Written(transcript, TranscriptFormat.SubRip)),
            ResponseFormat.Vtt => ("text/vtt; charset=utf-8", Written(transcript, TranscriptFormat.WebVtt)),
            _ => ("text/plain; charset=utf-8", Written(transcript, TranscriptFormat.Text)),
        };
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        return transcript;
    }

    private async Task<Transcript> StreamAsync(HttpContext context, TranscriptionRequest request, Stream content, SessionOptions session)
    {
        List<TranscriptUpdate> utterances = [];
        bool spoken = false;
        EventStream events = new(context);
        try
        {
            await foreach (TranscriptUpdate update in _transcriber.RunAsync(content, session, context.RequestAborted).ConfigureAwait(false))
            {
                utterances.Add(update);
                if (update.Text.Length == 0)
                    continue;
                string delta = spoken ? " " + update.Text : update.Text;
                spoken = true;
                await events.SendAsync(TranscriptionJson.Delta(delta, request.LogProbabilities ? update.Words : null)).ConfigureAwait(false);
            }

            Transcript transcript = Join(utterances);
            await events.SendAsync(TranscriptionJson.Done(transcript, request.LogProbabilities)).ConfigureAwait(false);
            return transcript;
        }
        catch (RefusalException e) when (context.Response.HasStarted)
        {
            await events.SendAsync(OpenAiError.Body(e)).ConfigureAwait(false);
            return Join(utterances);
        }
    }

    private async Task<IFormCollection> ReadFormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) != true)
            throw new RefusalException(StatusCodes.Status415UnsupportedMediaType, "The request must be multipart/form-data with the fields file and model.");
        if (context.Request.ContentLength > options.Limits.UploadBytes + SpeechServer.FormSlack)
        {
            // Without this the connection is cut while the client still sends, and it never reads the answer; so what comes is read and dropped for a while.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
                size.MaxRequestBodySize = null;
            throw TooLarge(null);
        }

        FormOptions form = new() { MultipartBodyLengthLimit = options.Limits.UploadBytes, ValueLengthLimit = LongestField, ValueCountLimit = MostFields, MultipartHeadersCountLimit = 16 };
        context.Features.Set<IFormFeature>(new FormFeature(context.Request, form));
        try
        {
            return await context.Request.ReadFormAsync(form, context.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw e.Message.Contains("length limit", StringComparison.OrdinalIgnoreCase)
                ? TooLarge(e)
                : new RefusalException(StatusCodes.Status400BadRequest, $"The form cannot be read: {e.Message}", inner: e);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new RefusalException(StatusCodes.Status400BadRequest, "The form ends before its closing boundary.", inner: e);
        }
    }

    private RefusalException TooLarge(Exception? inner) =>
        new(StatusCodes.Status413PayloadTooLarge, $"The upload is larger than {options.Limits.UploadBytes} bytes, the most that the server takes.", "file", "upload_too_large", inner);

    private static Transcript Join(List<TranscriptUpdate> utterances) => new(
        string.Join(' ', utterances.Where(u => u.Text.Length > 0).Select(u => u.Text)),
        utterances.Count > 0 ? utterances[^1].End : TimeSpan.Zero,
        [.. utterances.SelectMany(u => u.Words)],
        []);

    private static byte[] Written(Transcript transcript, TranscriptFormat format)
    {
        using StringWriter text = new() { NewLine = "\n" };
        ITranscriptWriter writer = TranscriptFormats.CreateWriter(format);
        writer.Begin(text);
        writer.Write(text, "", transcript);
        writer.End(text);
        return System.Text.Encoding.UTF8.GetBytes(text.ToString());
    }
}
