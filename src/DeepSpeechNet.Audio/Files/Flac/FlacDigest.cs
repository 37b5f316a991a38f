namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>The MD5 of all samples, interleaved, each in the fewest whole bytes, little-endian, signed (RFC 9639, section 8.2).</summary>
internal sealed class FlacDigest
{
    private readonly Md5 _md5 = new();
    private readonly int _channels;
    private readonly int _bytesPerSample;
    private readonly byte[] _bytes;

    public FlacDigest(FlacStreamInfo info)
    {
        _channels = info.Channels;
        _bytesPerSample = (info.BitsPerSample + 7) / 8;
        _bytes = new byte[1024 * _channels * _bytesPerSample];
    }

    public void Append(FlacFrame frame)
    {
        int frameBytes = _channels * _bytesPerSample;
        for (int start = 0; start < frame.BlockSize; start += 1024)
        {
            int count = Math.Min(1024, frame.BlockSize - start);
            for (int channel = 0; channel < _channels; channel++)
            {
                Store(frame.Channel(channel).Slice(start, count), channel * _bytesPerSample, frameBytes);
            }

            _md5.Append(_bytes.AsSpan(0, count * frameBytes));
        }
    }

    /// <summary>Ends the digest and compares it.</summary>
    public bool Matches(ReadOnlySpan<byte> expected) => _md5.Finish().AsSpan().SequenceEqual(expected);

    private void Store(ReadOnlySpan<int> samples, int offset, int stride)
    {
        if (_bytesPerSample == 2)
        {
            foreach (int sample in samples)
            {
                _bytes[offset] = (byte)sample;
                _bytes[offset + 1] = (byte)(sample >> 8);
                offset += stride;
            }

            return;
        }

        foreach (int sample in samples)
        {
            for (int i = 0; i < _bytesPerSample; i++)
            {
                _bytes[offset + i] = (byte)(sample >> (8 * i));
            }

            offset += stride;
        }
    }
}
