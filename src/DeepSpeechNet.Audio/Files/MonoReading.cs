using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Audio.Files;

/// <summary>Reads a source to its end into one channel at one rate.</summary>
internal static class MonoReading
{
    private const int BlockFrames = 8192;

    /// <summary>The mean of all channels, resampled.</summary>
    /// <exception cref="AudioFormatException">The content is damaged, beyond a limit, or of a rate too far from the one wanted.</exception>
    public static AudioClip ReadAll(IAudioReader reader, string name, int sampleRate, AudioReadOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        if (!Resampler.Supports(reader.SampleRate, sampleRate))
        {
            throw new AudioFormatException(
                name, $"its sampling rate, {reader.SampleRate} Hz, is too far from {sampleRate} Hz to be converted.");
        }

        int channels = reader.Channels;
        var resampler = new Resampler(reader.SampleRate, sampleRate);
        int frames = Math.Max(1, Math.Min(BlockFrames, (1 << 20) / channels));
        var interleaved = new float[frames * channels];
        var mono = new float[frames];
        var result = new SampleList(name, options.MaximumSamples);

        // What the header announces is believed for a minute's worth only; the rest is allocated as it comes.
        result.Expect(Math.Min(resampler.OutputLength(Math.Min(reader.FrameCount ?? 0, 1L << 32)), 60L * sampleRate));
        int count;
        while ((count = reader.Read(interleaved)) > 0)
        {
            int mixed = MixDown(interleaved.AsSpan(0, count), channels, mono);
            Span<float> room = result.Room(resampler.MaximumOutputCount(mixed));
            result.Add(resampler.Process(mono.AsSpan(0, mixed), room));
        }

        result.Add(resampler.Flush(result.Room(resampler.MaximumFlushCount)));
        return new AudioClip(result.ToArray(), sampleRate, [.. reader.Warnings]);
    }

    /// <summary>Writes the mean of the channels; returns the number of frames.</summary>
    internal static int MixDown(ReadOnlySpan<float> interleaved, int channels, Span<float> mono)
    {
        if (channels == 1)
        {
            interleaved.CopyTo(mono);
            return interleaved.Length;
        }

        int frames = interleaved.Length / channels;
        if (channels == 2)
        {
            for (int i = 0; i < frames; i++)
            {
                mono[i] = 0.5f * (interleaved[2 * i] + interleaved[(2 * i) + 1]);
            }

            return frames;
        }

        for (int i = 0; i < frames; i++)
        {
            double sum = 0;
            foreach (float value in interleaved.Slice(i * channels, channels))
            {
                sum += value;
            }

            mono[i] = (float)(sum / channels);
        }

        return frames;
    }

    /// <summary>A growing array with a limit.</summary>
    private sealed class SampleList(string name, long maximum)
    {
        private float[] _samples = [];
        private int _count;

        public void Expect(long count) => _samples = new float[Math.Min(count, maximum)];

        /// <summary>Room behind the samples so far.</summary>
        public Span<float> Room(int count)
        {
            long needed = (long)_count + count;
            if (needed > _samples.Length)
            {
                if (needed > Array.MaxLength)
                {
                    throw TooLong(Array.MaxLength);
                }

                Array.Resize(ref _samples, (int)Math.Min(Array.MaxLength, Math.Max(needed, _samples.Length * 2L)));
            }

            return _samples.AsSpan(_count);
        }

        public void Add(int count)
        {
            _count += count;
            if (_count > maximum)
            {
                throw TooLong(maximum);
            }
        }

        public float[] ToArray()
        {
            if (_count != _samples.Length)
            {
                Array.Resize(ref _samples, _count);
            }

            return _samples;
        }

        private AudioFormatException TooLong(long limit) => new(name, $"it gives more than {limit} samples, the limit that was set for reading.");
    }
}
