using DeepSpeechNet.Audio.Capture;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Audio.Tests.Capture;

public sealed class AlsaMicrophoneTests
{
    [AlsaFact]
    public async Task What_the_device_gives_arrives_sample_for_sample()
    {
        short[] sound = Sound();
        using AlsaFileDevice device = new(sound);
        using IMicrophone microphone = Microphones.Open(new MicrophoneOptions { Device = "sample" });
        List<float> heard = [];
        await foreach (ReadOnlyMemory<float> chunk in microphone.CaptureAsync())
        {
            heard.AddRange(chunk.Span);
            if (heard.Count >= sound.Length)
                break;
        }

        Assert.Equal(sound.Select(s => s / 32768f), heard.Take(sound.Length));
        Assert.Equal(("sample", 16000, 0), (microphone.Device, microphone.SampleRate, microphone.Overruns));
    }

    [AlsaFact]
    public async Task Listening_can_be_stopped_at_any_moment()
    {
        using AlsaFileDevice device = new(Sound());
        using IMicrophone microphone = Microphones.Open(new MicrophoneOptions { Device = "silence" });
        using CancellationTokenSource stop = new();
        int chunks = 0;
        await foreach (ReadOnlyMemory<float> chunk in microphone.CaptureAsync(stop.Token))
        {
            Assert.DoesNotContain(chunk.ToArray(), x => x != 0);
            if (++chunks == 5)
                await stop.CancelAsync();
        }

        Assert.True(chunks >= 5);
    }

    [AlsaFact]
    public async Task A_reader_may_leave_and_nobody_else_may_read()
    {
        using AlsaFileDevice device = new(Sound());
        using IMicrophone microphone = Microphones.Open(new MicrophoneOptions { Device = "silence" });
        await foreach (ReadOnlyMemory<float> chunk in microphone.CaptureAsync())
        {
            Assert.NotEqual(0, chunk.Length);
            break;
        }

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await microphone.CaptureAsync().GetAsyncEnumerator().MoveNextAsync());
        microphone.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await microphone.CaptureAsync().GetAsyncEnumerator().MoveNextAsync());
    }

    [AlsaFact]
    public void A_device_that_is_not_there_is_named()
    {
        using AlsaFileDevice device = new(Sound());
        CaptureException error = Assert.Throws<CaptureException>(() => Microphones.Open(new MicrophoneOptions { Device = "no-such-thing" }));
        Assert.StartsWith("The microphone 'no-such-thing' cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [AlsaFact]
    public void The_devices_can_be_listed() => Assert.All(Microphones.List(), d => Assert.False(string.IsNullOrEmpty(d.Name)));

    [Fact]
    public void Settings_out_of_range_are_named() =>
        Assert.StartsWith("SampleRate is 10", Assert.Throws<ArgumentException>(new MicrophoneOptions { SampleRate = 10 }.Validate).Message, StringComparison.Ordinal);

    private static short[] Sound()
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, 16_123).Select(_ => (short)random.Next(-20_000, 20_000))];
    }
}
