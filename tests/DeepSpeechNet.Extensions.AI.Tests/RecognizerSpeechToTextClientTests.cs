using DeepSpeechNet.Speech.Recognition;
using Microsoft.Extensions.AI;

namespace DeepSpeechNet.Extensions.AI.Tests;

public sealed class RecognizerSpeechToTextClientTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dsn-ai-").FullName;
    private Recognizer _recognizer = null!;
    private RecognizerSpeechToTextClient _client = null!;

    public Task InitializeAsync()
    {
        ToneSpeech.SaveModel(_folder);
        _recognizer = Recognizer.Load(_folder, threads: 1);
        _client = Client(_recognizer);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _recognizer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_stream_becomes_its_text_and_stays_open()
    {
        using MemoryStream speech = Speech();
        SpeechToTextResponse response = await _client.GetTextAsync(speech);
        Assert.Equal("bad cab face", response.Text);
        Assert.Equal("tones", response.ModelId);
        Assert.InRange(response.EndTime!.Value.TotalSeconds, 4.3, 7);
        Assert.True(speech.CanRead);
    }

    [Fact]
    public async Task Updates_open_change_rest_and_close()
    {
        using MemoryStream speech = Speech();
        List<SpeechToTextResponseUpdate> updates = [];
        await foreach (SpeechToTextResponseUpdate update in _client.GetStreamingTextAsync(speech))
            updates.Add(update);
        Assert.Equal(SpeechToTextResponseUpdateKind.SessionOpen, updates[0].Kind);
        Assert.Equal(SpeechToTextResponseUpdateKind.SessionClose, updates[^1].Kind);
        SpeechToTextResponseUpdate[] finals = [.. updates.Where(u => u.Kind == SpeechToTextResponseUpdateKind.TextUpdated)];
        Assert.Equal(["bad cab", "face"], finals.Select(f => f.Text));
        Assert.InRange(finals[1].StartTime!.Value.TotalSeconds, 3.5, 4.1);
        Assert.Single(updates.Select(u => u.ResponseId).Distinct());
    }

    [Fact]
    public async Task The_common_wrappers_fit()
    {
        using MemoryStream speech = Speech();
        using ISpeechToTextClient wrapped = new Wrapper(_client);
        Assert.Equal("bad cab face", (await wrapped.GetTextAsync(speech)).Text);
        Assert.Equal("deepspeechnet", wrapped.GetService<SpeechToTextClientMetadata>()!.ProviderName);
        Assert.Same(_recognizer, wrapped.GetService<Recognizer>());
        Assert.Null(wrapped.GetService<Stream>());
    }

    [Fact]
    public async Task Another_model_is_refused()
    {
        using MemoryStream speech = Speech();
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(() => _client.GetTextAsync(speech, new SpeechToTextOptions { ModelId = "whisper" }));
        Assert.Contains("tones", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_sound_is_refused()
    {
        using MemoryStream text = new("no sound at all"u8.ToArray());
        await Assert.ThrowsAsync<Audio.AudioFormatException>(() => _client.GetTextAsync(text));
    }

    private static RecognizerSpeechToTextClient Client(Recognizer recognizer) => new(recognizer, "tones");

    private static MemoryStream Speech()
    {
        float[] samples = new float[5 * ToneSpeech.Rate];
        ToneSpeech.Say("bad cab").CopyTo(samples, 0);
        ToneSpeech.Say("face").CopyTo(samples, 4 * ToneSpeech.Rate);
        return new MemoryStream(ToneSpeech.Wav(samples));
    }

    private sealed class Wrapper(ISpeechToTextClient inner) : DelegatingSpeechToTextClient(inner);
}
