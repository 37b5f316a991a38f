using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.Live;

/// <summary>The files of the live page, from inside the program: nothing is read from disk or network.</summary>
internal sealed class LivePage
{
    private const string Prefix = "page/";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private readonly Dictionary<string, PageFile> _files = new(StringComparer.Ordinal);

    public LivePage()
    {
        Assembly assembly = typeof(LivePage).Assembly;
        foreach (string name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            _files.Add(name[Prefix.Length..], new PageFile(content, Types[Path.GetExtension(name)], $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\""));
        }
    }

    /// <summary>The names of the files.</summary>
    public IEnumerable<string> Names => _files.Keys;

    /// <summary>Answers with one of the files.</summary>
    public async Task HandleAsync(HttpContext context, string name)
    {
        PageFile file = _files[name];
        IHeaderDictionary headers = context.Response.Headers;
        headers.ETag = file.Tag;
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "microphone=(self)";
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = file.Type;
        context.Response.ContentLength = file.Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(file.Content, context.RequestAborted).ConfigureAwait(false);
    }

    private sealed record PageFile(byte[] Content, string Type, string Tag);
}
