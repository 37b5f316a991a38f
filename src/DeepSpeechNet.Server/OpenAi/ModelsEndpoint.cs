using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.OpenAi;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/NAME</c>.</summary>
internal sealed class ModelsEndpoint(ServerOptions options, DateTimeOffset started)
{
    private string[] Names => [options.ModelName, .. options.ModelAliases.Where(a => a != options.ModelName)];

    public Task ListAsync(HttpContext context) => AnswerAsync(context, JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (string name in Names)
            WriteModel(json, name);
        json.WriteEndArray();
        json.WriteEndObject();
    }));

    public Task GetAsync(HttpContext context)
    {
        string? asked = context.Request.RouteValues["name"] as string;
        string name = Names.FirstOrDefault(n => n == asked)
            ?? throw new RefusalException(StatusCodes.Status404NotFound, $"There is no such model here; this server has '{options.ModelName}'.", "model", "model_not_found");
        return AnswerAsync(context, JsonText.Write(json => WriteModel(json, name)));
    }

    private void WriteModel(System.Text.Json.Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("id", name);
        json.WriteString("object", "model");
        json.WriteNumber("created", started.ToUnixTimeSeconds());
        json.WriteString("owned_by", "deepspeechnet");
        json.WriteEndObject();
    }

    private static async Task AnswerAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
