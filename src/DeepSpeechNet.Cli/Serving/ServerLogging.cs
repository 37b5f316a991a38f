using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace DeepSpeechNet.Cli.Serving;

/// <summary>The server's log on the command's standard error: a line an event, as text or as JSON with the event's fields.</summary>
internal sealed class ServerLogging(CommandConsole console, string format) : ILoggerProvider
{
    /// <summary>Sets the log up.</summary>
    public void Configure(ILoggingBuilder logging)
    {
        if (format != "none")
            logging.AddProvider(this);
    }

    public ILogger CreateLogger(string categoryName) => new LineLogger(console, format == "json");

    public void Dispose()
    {
        // The console is the command's.
    }

    private sealed class LineLogger(CommandConsole console, bool json) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), message = formatter(state, exception);
            console.Line(json ? Json(time, logLevel, message, state, exception) : $"{time} {logLevel.ToString().ToLowerInvariant()}: {message}{(exception is null ? "" : "\n" + exception)}");
        }

        private static string Json<TState>(string time, LogLevel level, string message, TState state, Exception? exception)
        {
            using MemoryStream buffer = new();
            using (Utf8JsonWriter writer = new(buffer))
            {
                writer.WriteStartObject();
                writer.WriteString("time", time);
                writer.WriteString("level", level.ToString().ToLowerInvariant());
                writer.WriteString("message", message);
                foreach (KeyValuePair<string, object?> field in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
                    WriteField(writer, field);
                if (exception is not null)
                    writer.WriteString("exception", exception.ToString());
                writer.WriteEndObject();
            }

            return Encoding.UTF8.GetString(buffer.ToArray());
        }

        private static void WriteField(Utf8JsonWriter writer, KeyValuePair<string, object?> field)
        {
            switch (field.Value)
            {
                case int number:
                    writer.WriteNumber(field.Key, number);
                    break;
                case double number when double.IsFinite(number):
                    writer.WriteNumber(field.Key, Math.Round(number, 3));
                    break;
                case { } other when field.Key != "{OriginalFormat}":
                    writer.WriteString(field.Key, other.ToString());
                    break;
            }
        }
    }
}
