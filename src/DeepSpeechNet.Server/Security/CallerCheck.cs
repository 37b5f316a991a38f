using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DeepSpeechNet.Server.Security;

/// <summary>
/// Keeps web pages of others away from the port, which any page that a user opens can reach. A host name that is not ours would be a name that an attacker's
/// domain server has turned to this address (DNS rebinding); an origin that is not ours is a page of somebody else. Programs send no origin.
/// </summary>
internal sealed class CallerCheck(ServerOptions options)
{
    private readonly HashSet<string> _hosts = new([.. options.AllowedHosts, "localhost", Dns.GetHostName()], StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _origins = new(options.AllowedOrigins.Select(o => o.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);

    /// <summary>Refuses a request that comes through a strange name or from a strange page.</summary>
    /// <exception cref="RefusalException">It does.</exception>
    public void Check(HttpContext context)
    {
        string host = context.Request.Host.Host;

        // A plain address cannot be rebound, so all are good.
        if (!_hosts.Contains(host) && !IPAddress.TryParse(host.Trim('[', ']'), out _))
            throw new RefusalException(StatusCodes.Status421MisdirectedRequest, "The server does not go by this host name; the operator can allow it (--allow-host).", code: "host_not_allowed");
        string origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return;
        if (string.Equals(origin, $"{context.Request.Scheme}://{context.Request.Host.Value}", StringComparison.OrdinalIgnoreCase))
            return;
        if (!_origins.Contains(origin))
            throw new RefusalException(StatusCodes.Status403Forbidden, "Web pages of this origin may not use the server; the operator can allow it (--allow-origin).", code: "origin_not_allowed");
        IHeaderDictionary headers = context.Response.Headers;
        headers[HeaderNames.AccessControlAllowOrigin] = origin;
        headers[HeaderNames.AccessControlAllowHeaders] = "authorization, content-type";
        headers[HeaderNames.AccessControlAllowMethods] = "GET, POST";
        headers[HeaderNames.Vary] = HeaderNames.Origin;
    }
}
