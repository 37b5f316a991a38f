using System.Diagnostics;
using DeepSpeechNet.Server.OpenAi;
using DeepSpeechNet.Speech.Recognition;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace DeepSpeechNet.Server.Observing;

/// <summary>
/// Stands around every request: one line in the log each, a counter, and an answer for whatever goes wrong within. Neither texts nor what clients call their
/// files is ever logged.
/// </summary>
internal sealed partial class RequestLog(ILogger logger, ServerMetrics metrics, Health health)
{
    /// <summary>Where an endpoint leaves the length of the sound.</summary>
    public const string AudioSeconds = "dsn.audio_seconds";

    /// <summary>Where requests that no route describes leave their name.</summary>
    public const string RouteName = "dsn.route";

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is not RefusalException)
        {
            Left(logger, Route(context), Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            return;
        }
        catch (Exception e)
        {
            RefusalException refusal = Refusal(e);
            if (refusal.Status == StatusCodes.Status500InternalServerError)
                Failed(logger, e, Route(context));
            metrics.Refused(refusal.Code ?? "invalid_request");
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await OpenAiError.WriteAsync(context, refusal).ConfigureAwait(false);
        }

        metrics.Answered(Route(context), context.Response.StatusCode);
        Answered(
            logger, context.Request.Method, Route(context), context.Response.StatusCode, Stopwatch.GetElapsedTime(began).TotalMilliseconds,
            context.Items.TryGetValue(AudioSeconds, out object? audio) ? (double)audio! : 0, context.Connection.RemoteIpAddress?.ToString());
    }

    private RefusalException Refusal(Exception e)
    {
        switch (e)
        {
            case RefusalException refusal:
                return refusal;
            case BadHttpRequestException bad:
                return new RefusalException(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The upload is larger than the server takes." : bad.Message, code: "bad_request");
            case RecognitionException:
                health.Failed();
                break;
        }

        return new RefusalException(StatusCodes.Status500InternalServerError, "The server failed at this request; its log says more.", code: "internal_error");
    }

    // A path is what a stranger wrote; the route is ours.
    private static string Route(HttpContext context) =>
        context.Items.TryGetValue(RouteName, out object? name) ? (string)name! : (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";

    [LoggerMessage(1, LogLevel.Information, "{Method} {Route} {Status} in {Milliseconds:F0} ms, {AudioSeconds:F1} s of sound, from {Address}")]
    private static partial void Answered(ILogger logger, string method, string route, int status, double milliseconds, double audioSeconds, string? address);

    [LoggerMessage(2, LogLevel.Information, "{Route}: the client left after {Milliseconds:F0} ms")]
    private static partial void Left(ILogger logger, string route, double milliseconds);

    [LoggerMessage(3, LogLevel.Error, "{Route} failed")]
    private static partial void Failed(ILogger logger, Exception e, string route);
}
