using DeepSpeechNet.Audio.Files;
using Microsoft.AspNetCore.Http;

namespace DeepSpeechNet.Server.Uploads;

/// <summary>A recording as blocks of one channel, the mean of all, at its own rate.</summary>
internal sealed class MonoBlocks(IAudioReader reader, int blockFrames, TimeSpan longest)
{
    private const int MaximumValues = 1 << 20;

    private readonly float[] _interleaved = new float[Math.Clamp((long)blockFrames * reader.Channels, reader.Channels, Math.Max(MaximumValues, reader.Channels))];

    /// <summary>Frames read so far.</summary>
    public long Frames { get; private set; }

    /// <summary>The next block; null at the end.</summary>
    /// <exception cref="Audio.AudioFormatException">The content is damaged.</exception>
    /// <exception cref="RefusalException">The recording is longer than it may be.</exception>
    public float[]? Next()
    {
        int count = reader.Read(_interleaved), channels = reader.Channels;
        if (count == 0)
            return null;
        float[] mono = new float[count / channels];
        for (int i = 0; i < mono.Length; i++)
        {
            double sum = 0;
            foreach (float value in _interleaved.AsSpan(i * channels, channels))
                sum += value;
            mono[i] = (float)(sum / channels);
        }

        Frames += mono.Length;
        if (Frames > longest.TotalSeconds * reader.SampleRate)
            throw new RefusalException(StatusCodes.Status413PayloadTooLarge, $"The recording is longer than {longest.TotalMinutes:0.#} minutes, the most that the server takes; send it in parts.", "file", "audio_too_long");
        return mono;
    }
}
