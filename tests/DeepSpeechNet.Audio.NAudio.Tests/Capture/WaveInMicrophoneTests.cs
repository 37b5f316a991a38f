using DeepSpeechNet.Audio.Capture;
using DeepSpeechNet.Audio.NAudio.Capture;
using NAudio.Wave;

namespace DeepSpeechNet.Audio.NAudio.Tests.Capture;

/// <summary>The rules for ALSA's microphones, with a stand-in for Windows' recorders.</summary>
public sealed class WaveInMicrophoneTests
{
    private static readonly MicrophoneOptions Options = new() { Device = "sample" };

    [Theory]
    [InlineData(1, 320)]
    [InlineData(1, 998)]
    [InlineData(2, 4000)]
    public async Task What_the_device_gives_arrives_sample_for_sample(int channels, int block)
    {
        short[] sound = Sound(channels);
        FakeRecorder recorder = new(new WaveFormat(16000, 16, channels), Bytes(sound), block) { Ends = true };
        List<float> heard = [];
        using (WaveInMicrophone microphone = new(recorder, Options))
        {
            await foreach (ReadOnlyMemory<float> chunk in microphone.CaptureAsync())
            {
                Assert.InRange(chunk.Length, 1, 640);
                heard.AddRange(chunk.Span);
            }

            Assert.Equal(("sample", 16000, 0), (microphone.Device, microphone.SampleRate, microphone.Overruns));
        }

        Assert.Equal(sound.Chunk(channels).Select(frame => frame.Sum(s => s / 32768f) / channels), heard);
        Assert.True(recorder.Disposed);
    }

    [Fact]
    public async Task Floats_at_the_rate_of_the_device_are_taken_as_they_are()
    {
        float[] sound = [.. Sound(1).Select(s => s / 40000f)];
        byte[] bytes = [.. sound.SelectMany(BitConverter.GetBytes)];
        using WaveInMicrophone microphone = new(new FakeRecorder(WaveFormat.CreateIeeeFloatWaveFormat(48000, 1), bytes, 1000) { Ends = true }, Options);
        Assert.Equal(48000, microphone.SampleRate);
        Assert.Equal(sound, await HearAsync(microphone));
    }

    [Fact]
    public async Task Listening_can_be_stopped_at_any_moment()
    {
        using WaveInMicrophone microphone = new(new FakeRecorder(new WaveFormat(16000, 16, 1), Bytes(Sound(1)), 640), Options);
        using CancellationTokenSource stop = new();
        int chunks = 0;
        await foreach (ReadOnlyMemory<float> chunk in microphone.CaptureAsync(stop.Token))
        {
            if (++chunks == 5)
                await stop.CancelAsync();
        }

        Assert.True(chunks >= 5);
    }

    [Fact]
    public async Task A_reader_may_leave_and_nobody_else_may_read()
    {
        FakeRecorder recorder = new(new WaveFormat(16000, 16, 1), Bytes(Sound(1)), 640);
        WaveInMicrophone microphone = new(recorder, Options);
        await foreach (ReadOnlyMemory<float> chunk in microphone.CaptureAsync())
        {
            Assert.NotEqual(0, chunk.Length);
            break;
        }

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await microphone.CaptureAsync().GetAsyncEnumerator().MoveNextAsync());
        microphone.Dispose();
        microphone.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await microphone.CaptureAsync().GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public async Task What_nobody_takes_for_half_a_minute_is_lost_and_counted_once()
    {
        // 35 s, all of it brought before anybody reads the second chunk.
        short[] sound = new short[35 * 16000];
        FakeRecorder recorder = new(new WaveFormat(16000, 16, 1), Bytes(sound), 1 << 16) { Ends = true };
        TaskCompletionSource ended = new();
        recorder.RecordingStopped += (_, _) => ended.SetResult();
        using WaveInMicrophone microphone = new(recorder, Options);
        await using IAsyncEnumerator<ReadOnlyMemory<float>> chunks = microphone.CaptureAsync().GetAsyncEnumerator();
        Assert.True(await chunks.MoveNextAsync());
        await ended.Task;
        long count = chunks.Current.Length;
        while (await chunks.MoveNextAsync())
            count += chunks.Current.Length;
        Assert.InRange(count, 30 * 16000, 32 * 16000);
        Assert.Equal(1, microphone.Overruns);
    }

    [Fact]
    public async Task A_device_that_fails_is_named()
    {
        using WaveInMicrophone microphone = new(new FakeRecorder(new WaveFormat(16000, 16, 1), Bytes(Sound(1)), 640) { Failure = new InvalidOperationException("gone.") }, Options);
        CaptureException error = await Assert.ThrowsAsync<CaptureException>(() => HearAsync(microphone));
        Assert.Equal("The microphone 'sample' failed (gone): is it still plugged in?", error.Message);
    }

    [Fact]
    public async Task A_device_that_cannot_be_had_says_why()
    {
        using WaveInMicrophone used = new(new FakeRecorder(new WaveFormat(16000, 16, 1), [], 640) { Refusal = new InvalidOperationException("in use") }, Options);
        Assert.Equal(
            "The microphone 'sample' cannot be opened (in use): choose another one ('dsn listen --list' shows them).",
            (await Assert.ThrowsAsync<CaptureException>(() => HearAsync(used))).Message);
        using WaveInMicrophone forbidden = new(new FakeRecorder(new WaveFormat(16000, 16, 1), [], 640) { Refusal = new UnauthorizedAccessException() }, Options);
        Assert.Contains("Settings, Privacy, Microphone", (await Assert.ThrowsAsync<CaptureException>(() => HearAsync(forbidden))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_of_packed_sound_is_refused()
    {
        FakeRecorder recorder = new(WaveFormat.CreateCustomFormat(WaveFormatEncoding.Adpcm, 16000, 1, 8000, 1, 4), [], 640);
        Assert.Contains("not samples", Assert.Throws<CaptureException>(() => new WaveInMicrophone(recorder, Options)).Message, StringComparison.Ordinal);
        Assert.True(recorder.Disposed);
    }

    private static async Task<List<float>> HearAsync(WaveInMicrophone microphone)
    {
        List<float> heard = [];
        await foreach (ReadOnlyMemory<float> chunk in microphone.CaptureAsync())
            heard.AddRange(chunk.Span);
        return heard;
    }

    private static short[] Sound(int channels)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, 16_123 * channels).Select(_ => (short)random.Next(-20_000, 20_000))];
    }

    private static byte[] Bytes(short[] samples) => [.. samples.SelectMany(BitConverter.GetBytes)];
}
