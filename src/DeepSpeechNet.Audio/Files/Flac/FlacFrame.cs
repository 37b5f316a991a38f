namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>Decodes frames into one array a channel, which are reused from frame to frame.</summary>
internal sealed class FlacFrame
{
    private readonly FlacStreamInfo _info;
    private readonly int[][] _channels;
    private int[] _residuals = [];
    private long[] _wide = [];

    public FlacFrame(FlacStreamInfo info)
    {
        _info = info;
        _channels = new int[info.Channels][];
        Array.Fill(_channels, []);
    }

    /// <summary>Samples in each channel of the frame decoded last.</summary>
    public int BlockSize { get; private set; }

    /// <summary>A channel of the frame decoded last.</summary>
    public ReadOnlySpan<int> Channel(int channel) => _channels[channel].AsSpan(0, BlockSize);

    /// <summary>Decodes the next frame and checks its checksums.</summary>
    /// <exception cref="FlacFaultException">It is damaged or cut.</exception>
    public void Read(BitReader reader)
    {
        BlockSize = 0;
        reader.BeginCrc();
        FlacFrameHeader header = FlacFrameHeader.Read(reader, _info);
        MakeRoom(header.BlockSize);

        bool paired = header.Assignment >= FlacFrameHeader.LeftSide;
        if (paired && _info.BitsPerSample > 30)
        {
            ReadWidePair(reader, header);
        }
        else
        {
            int side = header.Assignment switch
            {
                FlacFrameHeader.LeftSide or FlacFrameHeader.MidSide => 1,
                FlacFrameHeader.SideRight => 0,
                _ => -1,
            };
            for (int channel = 0; channel < _channels.Length; channel++)
            {
                int bits = _info.BitsPerSample + (channel == side ? 1 : 0);
                FlacSubframe.Read(reader, bits, _channels[channel].AsSpan(0, header.BlockSize));
            }

            if (paired)
            {
                Separate(header);
            }
        }

        ushort crc = reader.EndCrc();
        if (reader.ReadBits(16) != crc)
        {
            throw new FlacFaultException("its checksum is wrong");
        }

        BlockSize = header.BlockSize;
    }

    private void MakeRoom(int blockSize)
    {
        if (_channels[0].Length < blockSize)
        {
            for (int channel = 0; channel < _channels.Length; channel++)
            {
                _channels[channel] = new int[blockSize];
            }
        }
    }

    /// <summary>Turns a channel and a difference, or mean and difference, into left and right (RFC 9639, section 4.2).</summary>
    private void Separate(FlacFrameHeader header)
    {
        Span<int> first = _channels[0].AsSpan(0, header.BlockSize);
        Span<int> second = _channels[1].AsSpan(0, first.Length);
        switch (header.Assignment)
        {
            case FlacFrameHeader.LeftSide:
                for (int i = 0; i < first.Length; i++)
                {
                    second[i] = first[i] - second[i];
                }

                break;
            case FlacFrameHeader.SideRight:
                for (int i = 0; i < first.Length; i++)
                {
                    first[i] += second[i];
                }

                break;
            default:
                for (int i = 0; i < first.Length; i++)
                {
                    // The mean lost the lowest bit of the sum, which is that of the difference.
                    int side = second[i];
                    int twice = (first[i] << 1) | (side & 1);
                    first[i] = (twice + side) >> 1;
                    second[i] = (twice - side) >> 1;
                }

                break;
        }
    }

    /// <summary>A pair of channels of 31 or 32 bits, whose difference or doubled mean needs 33.</summary>
    private void ReadWidePair(BitReader reader, FlacFrameHeader header)
    {
        int size = header.BlockSize;
        if (_wide.Length < size)
        {
            _wide = new long[size];
            _residuals = new int[size];
        }

        int side = header.Assignment == FlacFrameHeader.SideRight ? 0 : 1;
        Span<int> other = _channels[1 - side].AsSpan(0, size);
        Span<int> result = _channels[side].AsSpan(0, size);
        Span<long> difference = _wide.AsSpan(0, size);
        for (int channel = 0; channel < 2; channel++)
        {
            if (channel == side)
            {
                FlacSubframe.Read(reader, _info.BitsPerSample + 1, difference, _residuals);
            }
            else
            {
                FlacSubframe.Read(reader, _info.BitsPerSample, other);
            }
        }

        for (int i = 0; i < size; i++)
        {
            switch (header.Assignment)
            {
                case FlacFrameHeader.LeftSide:
                    result[i] = (int)(other[i] - difference[i]);
                    break;
                case FlacFrameHeader.SideRight:
                    result[i] = (int)(other[i] + difference[i]);
                    break;
                default:
                    long twice = ((long)other[i] << 1) | (difference[i] & 1);
                    other[i] = (int)((twice + difference[i]) >> 1);
                    result[i] = (int)((twice - difference[i]) >> 1);
                    break;
            }
        }
    }
}
