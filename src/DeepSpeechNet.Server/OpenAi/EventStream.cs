using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.OpenAi;

/// <summary>Server-sent events (WHATWG HTML, section 9.2): each is one line of data. Headers go out with the first event, so that a fault before it keeps its status.</summary>
internal sealed class EventStream(HttpContext context)
{
    /// <summary>Sends one event; its data holds no line ends.</summary>
    public async Task SendAsync(byte[] data)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            context.Response.Headers.CacheControl = "no-store";
        }

        byte[] line = new byte[data.Length + 8];
        "data: "u8.CopyTo(line);
        data.CopyTo(line, 6);
        line[^2] = line[^1] = (byte)'\n';
        await context.Response.Body.WriteAsync(line, context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
