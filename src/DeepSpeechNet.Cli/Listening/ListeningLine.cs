namespace DeepSpeechNet.Cli.Listening;

/// <summary>The line below the finished text: level and the text that may still change; its end, where it is longer than the line.</summary>
internal sealed class ListeningLine(CommandConsole console, int width)
{
    private string _level = LevelMeter.Draw([]);
    private string _text = "";

    /// <summary>Shows another level.</summary>
    public void Level(ReadOnlySpan<float> samples)
    {
        _level = LevelMeter.Draw(samples);
        Draw();
    }

    /// <summary>Shows another text.</summary>
    public void Text(string text)
    {
        _text = text;
        Draw();
    }

    private void Draw()
    {
        int room = Math.Max(8, width - _level.Length - 2);
        console.Progress($"{_level} {(_text.Length <= room ? _text : $"...{_text[^(room - 3)..]}")}");
    }
}
