using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DeepSpeechNet.Server;

/// <summary>JSON as bytes of UTF-8.</summary>
internal static class JsonText
{
    // No answer is ever part of an HTML page, so what only HTML must escape stays readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What an action writes.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter json = new(buffer, Options))
            write(json);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Seconds to the millisecond, without trailing zeros.</summary>
    public static decimal Seconds(TimeSpan time) => Math.Round((decimal)time.TotalSeconds, 3) / 1.0000000000000000000000000000m;

    /// <summary>A number to four digits, without trailing zeros.</summary>
    public static decimal Round(double value) => Math.Round((decimal)value, 4) / 1.0000000000000000000000000000m;
}
