using System.Runtime.InteropServices;
using DeepSpeechNet.Audio.Capture;
using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class ListenCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public void Dispose() => _dsn.Dispose();

    [AlsaFact]
    public async Task What_is_said_is_written_and_kept()
    {
        short[] sound = Sample("01-latte.wav");
        using AlsaFileDevice device = new(sound);
        CommandLine.Run run = await _dsn.RunAsync("listen", "--model", Path.Combine(Repository.Root, "models", "commands"), "--microphone", "sample", "--seconds", "4", "--save", "@/kept/today");
        run.Expect(0, "i'd like a large double shot latte with almond milk\n", "");
        Assert.Equal("i'd like a large double shot latte with almond milk\n", File.ReadAllText(_dsn["kept/today.txt"]));
        Assert.Contains("almond", File.ReadAllText(_dsn["kept/today.json"]), StringComparison.Ordinal);
        Assert.Contains(" --> ", File.ReadAllText(_dsn["kept/today.srt"]), StringComparison.Ordinal);
        Assert.Equal([.. sound.Select(s => s / 32768f), .. new float[(4 * 16000) - sound.Length]], AudioFile.ReadMono(_dsn["kept/today.wav"], 16000).Samples);
    }

    [AlsaFact]
    public async Task It_stops_when_its_time_is_over()
    {
        using AlsaFileDevice device = new(Sample("01-latte.wav"));
        CommandLine.Run run = await _dsn.RunAsync("listen", "--model", Path.Combine(Repository.Root, "models", "commands"), "--microphone", "silence", "--seconds", "3");
        run.Expect(0, "", "");
    }

    [AlsaFact]
    public async Task A_microphone_that_is_not_there_is_named()
    {
        using AlsaFileDevice device = new(Sample("01-latte.wav"));
        CommandLine.Run run = await _dsn.RunAsync("listen", "--model", Path.Combine(Repository.Root, "models", "commands"), "--microphone", "nothing");
        Assert.Equal(1, run.Exit);
        Assert.Contains("'nothing' cannot be opened", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_are_refused_before_anything_is_loaded()
    {
        CommandLine.Run run = await _dsn.RunAsync("listen", "--rate", "7");
        run.Expect(2, "", "dsn: SampleRate is 7; it must be 4000 to 192000.\n");
    }

    private static short[] Sample(string name)
    {
        float[] samples = AudioFile.ReadMono(Path.Combine(Repository.Root, "audio-samples", name), 16000).Samples;
        return [.. samples.Select(x => (short)Math.Clamp(MathF.Round(x * 32768), short.MinValue, short.MaxValue))];
    }

    /// <summary>A test that captures sound through ALSA; where it is missing the test is skipped and says why.</summary>
    private sealed class AlsaFactAttribute : FactAttribute
    {
        public AlsaFactAttribute() => Skip = Microphones.Unavailable;
    }
}
