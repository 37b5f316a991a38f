using DeepSpeechNet.Audio.Files.Wav;

namespace DeepSpeechNet.Audio.NAudio.Capture;

/// <summary>Gathers the bytes that a device gives into chunks of one channel. The device decides how many come at once.</summary>
internal sealed class WaveFrames(SampleEncoding encoding, int channels, int chunk)
{
    private readonly int _frameBytes = channels * SampleDecoding.BytesPerSample(encoding);
    private float[] _samples = [];
    private float[] _pending = new float[chunk];
    private int _count;

    /// <summary>Takes whole frames and hands on the chunks that they complete.</summary>
    public void Add(ReadOnlySpan<byte> bytes, Action<float[]> take)
    {
        int frames = bytes.Length / _frameBytes;
        if (_samples.Length < frames * channels)
            _samples = new float[frames * channels];
        Span<float> samples = _samples.AsSpan(0, frames * channels);
        SampleDecoding.Decode(encoding, bytes[..(frames * _frameBytes)], samples);
        for (int t = 0; t < frames; t++)
        {
            float sum = 0;
            foreach (float x in samples.Slice(t * channels, channels))
                sum += x;
            _pending[_count++] = sum / channels;
            if (_count < _pending.Length)
                continue;
            take(_pending);
            _pending = new float[_pending.Length];
            _count = 0;
        }
    }

    /// <summary>What does not make a chunk any more.</summary>
    public float[] Rest()
    {
        float[] rest = _pending[.._count];
        _count = 0;
        return rest;
    }
}
