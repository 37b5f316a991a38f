using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Cli.Tests;

public sealed class ProgressLineTests
{
    [Fact]
    public void Short_work_shows_nothing_and_long_work_a_line_now_and_then()
    {
        ManualClock clock = new();
        using StringWriter error = new();
        CommandConsole console = new(TextWriter.Null, error, () => Stream.Null, errorIsTerminal: true);
        using (ProgressLine line = new(console, clock))
        {
            line.Show(_ => "early");
            Assert.Equal("", error.ToString());
            clock.Now += TimeSpan.FromSeconds(3);
            line.Show(elapsed => $"at {elapsed.TotalSeconds} s");
            line.Show(_ => "too soon");
            Assert.Equal("at 3 s", error.ToString());
        }

        Assert.Equal("at 3 s\r      \r", error.ToString());
    }

    [Fact]
    public void Where_nobody_watches_nothing_is_shown()
    {
        ManualClock clock = new();
        using StringWriter error = new();
        CommandConsole console = new(TextWriter.Null, error, () => Stream.Null, errorIsTerminal: false);
        using ProgressLine line = new(console, clock);
        clock.Now += TimeSpan.FromSeconds(3);
        line.Show(_ => "line");
        Assert.Equal("", error.ToString());
    }
}
