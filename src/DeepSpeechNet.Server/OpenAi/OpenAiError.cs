using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.OpenAi;

/// <summary>Errors as OpenAI's clients read them: <c>{"error": {"message", "type", "param", "code"}}</c>.</summary>
internal static class OpenAiError
{
    /// <summary>Answers a request with an error.</summary>
    public static async Task WriteAsync(HttpContext context, RefusalException refusal)
    {
        context.Response.StatusCode = refusal.Status;
        context.Response.ContentType = "application/json";
        if (refusal.RetryAfterSeconds > 0)
            context.Response.Headers.RetryAfter = refusal.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        await context.Response.Body.WriteAsync(Body(refusal), context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The error as JSON.</summary>
    public static byte[] Body(RefusalException refusal) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", refusal.Message);
        json.WriteString("type", Kind(refusal.Status));
        json.WriteString("param", refusal.Parameter);
        json.WriteString("code", refusal.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static string Kind(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
