using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.Security;

/// <summary>
/// The keys that open the server. A caller shows one as <c>Authorization: Bearer KEY</c>; a web page, which cannot set headers of a WebSocket, offers the
/// subprotocol <c>key.</c> with the key's UTF-8 bytes in hexadecimal behind it. Keys are compared by digest in constant time.
/// </summary>
internal sealed class ApiKeys(IReadOnlyList<string> keys)
{
    /// <summary>What stands before the key in an offered subprotocol.</summary>
    public const string Subprotocol = "key.";

    private const string Bearer = "Bearer ";

    private readonly byte[][] _digests = [.. keys.Select(k => SHA256.HashData(Encoding.UTF8.GetBytes(k)))];

    /// <summary>Whether a key is needed at all.</summary>
    public bool Required => _digests.Length > 0;

    /// <summary>Whether a request shows one of the keys.</summary>
    public bool Admits(HttpContext context)
    {
        if (!Required)
            return true;
        string header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && IsKnown(Encoding.UTF8.GetBytes(header[Bearer.Length..].Trim())))
            return true;
        foreach (string offered in context.WebSockets.WebSocketRequestedProtocols)
        {
            if (offered.StartsWith(Subprotocol, StringComparison.Ordinal) && TryHex(offered[Subprotocol.Length..], out byte[] key) && IsKnown(key))
                return true;
        }

        return false;
    }

    private bool IsKnown(byte[] key)
    {
        byte[] digest = SHA256.HashData(key);
        bool known = false;
        foreach (byte[] own in _digests)
            known |= CryptographicOperations.FixedTimeEquals(own, digest);
        return known;
    }

    private static bool TryHex(string text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length is 0 or > 1024 || text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit))
            return false;
        bytes = Convert.FromHexString(text);
        return true;
    }
}
