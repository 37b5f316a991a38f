using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.Observing;

/// <summary><c>GET /health</c> (is the process well?) and <c>GET /ready</c> (should it get work?).</summary>
internal sealed class HealthEndpoint(Health health, Func<bool> stopping, Func<int> sessions)
{
    public Task HealthAsync(HttpContext context) => AnswerAsync(context, health.IsWell, health.IsWell ? "ok" : "recognition fails");

    public Task ReadyAsync(HttpContext context) =>
        AnswerAsync(context, health.IsWell && !stopping(), stopping() ? "stopping" : health.IsWell ? "ok" : "recognition fails");

    private async Task AnswerAsync(HttpContext context, bool good, string status)
    {
        context.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        byte[] body = JsonText.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("status", status);
            json.WriteNumber("sessions", sessions());
            json.WriteEndObject();
        });
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
