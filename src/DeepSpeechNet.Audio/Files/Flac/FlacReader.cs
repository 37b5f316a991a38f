using DeepSpeechNet.Audio.Files.Wav;

namespace DeepSpeechNet.Audio.Files.Flac;

/// <summary>
/// Reads native FLAC (RFC 9639), forwards only. A frame whose checksum is wrong ends reading with an exception. At the end the MD5
/// digest of all samples is compared with the header's where it has one: a difference is a warning, because by then the samples
/// have been handed out, and because the frames' own checksums were right.
/// </summary>
internal sealed class FlacReader : AudioReader
{
    private readonly ByteSource _source;
    private readonly BitReader _bits;
    private readonly FlacStreamInfo _info;
    private readonly FlacFrame _frame;
    private readonly FlacDigest? _digest;
    private readonly float _scale;
    private long _decoded;
    private long _frames;
    private int _taken;
    private bool _ended;

    /// <summary>Reads the header. The source stands at "fLaC" and is this reader's to dispose of afterwards.</summary>
    public FlacReader(ByteSource source, AudioReadOptions options)
        : base(source.Name, options)
    {
        _source = source;
        _info = ReadMetadata();
        SampleRate = _info.SampleRate;
        Channels = _info.Channels;
        FrameCount = _info.TotalFrames > 0 ? _info.TotalFrames : null;
        _scale = 1f / (1L << (_info.BitsPerSample - 1));
        _frame = new FlacFrame(_info);
        _digest = _info.HasMd5 ? new FlacDigest(_info) : null;
        _bits = new BitReader(source);
    }

    protected override void Close()
    {
        _bits.Dispose();
        _source.Dispose();
    }

    protected override int ReadFrames(Span<float> interleaved)
    {
        if (_taken == _frame.BlockSize && !NextFrame())
        {
            return 0;
        }

        int count = Math.Min(interleaved.Length / Channels, _frame.BlockSize - _taken);
        for (int channel = 0; channel < Channels; channel++)
        {
            ReadOnlySpan<int> samples = _frame.Channel(channel).Slice(_taken, count);
            for (int i = 0; i < samples.Length; i++)
            {
                interleaved[(i * Channels) + channel] = samples[i] * _scale;
            }
        }

        if (_info.BitsPerSample > 24)
        {
            // Rounding the largest values to the 24 bits of a float would give 1.
            foreach (ref float value in interleaved[..(count * Channels)])
            {
                value = Math.Min(value, SampleDecoding.LargestBelowOne);
            }
        }

        _taken += count;
        return count;
    }

    /// <summary>Decodes the next frame; false at the end.</summary>
    private bool NextFrame()
    {
        if (_ended || AtEnd())
        {
            return false;
        }

        long position = _bits.Position;
        _taken = 0;
        try
        {
            _frame.Read(_bits);
        }
        catch (FlacFaultException fault) when (fault.Truncated)
        {
            string expected = FrameCount is { } total ? $"the header announces {total} samples a channel and {_decoded} are there" : $"{_decoded} samples a channel are there";
            End($"It is cut short inside frame {_frames + 1}: {expected}.");
            return false;
        }
        catch (FlacFaultException fault)
        {
            _ended = true;
            throw Fault(
                $"FLAC frame {_frames + 1}, at byte {position} and {(double)_decoded / SampleRate:0.###} s, is damaged: {fault.Message}.");
        }

        _frames++;
        _decoded += _frame.BlockSize;
        _digest?.Append(_frame);
        return true;
    }

    /// <summary>Whether no frame follows; then says what the whole is found to be.</summary>
    private bool AtEnd()
    {
        // What follows the last frame and is no frame (a tag) is left alone once all announced samples are there.
        if (!_bits.AtEnd())
        {
            bool frameFollows = _bits.Peek16() is { } next && (next & 0xFFFE) == 0xFFF8;
            bool all = _decoded >= (FrameCount ?? long.MaxValue);
            if (frameFollows || !(all || AtTag()))
            {
                return false;
            }
        }

        bool asAnnounced = FrameCount is null || FrameCount == _decoded;
        if (!asAnnounced)
        {
            End(_decoded < FrameCount
                ? $"It is cut short: the header announces {FrameCount} samples a channel and {_decoded} are there."
                : $"The header announces {FrameCount} samples a channel and {_decoded} are there.");
        }
        else if (_digest is not null && !_digest.Matches(_info.Md5))
        {
            End("The MD5 digest of the samples is not the one in the header: the file was altered after it was encoded.");
        }
        else
        {
            _ended = true;
        }

        return true;
    }

    /// <summary>Whether an ID3v1 ("TAG") or APE ("APETAGEX") tag seems to follow.</summary>
    private bool AtTag() => _frames > 0 && _bits.Peek16() is 0x5441 or 0x4150;

    private void End(string warning)
    {
        _ended = true;
        Warn(warning);
    }

    private FlacStreamInfo ReadMetadata()
    {
        const int StreamInfoType = 0;
        const int ForbiddenType = 127;
        Span<byte> header = stackalloc byte[4];
        Span<byte> content = stackalloc byte[FlacStreamInfo.Length];
        _source.Skip(4);
        FlacStreamInfo? info = null;
        bool last = false;
        while (!last)
        {
            RequireAll(_source.Read(header), header.Length);
            last = (header[0] & 0x80) != 0;
            int type = header[0] & 0x7F;
            int length = (header[1] << 16) | (header[2] << 8) | header[3];
            if (info is null)
            {
                if (type != StreamInfoType || length != FlacStreamInfo.Length)
                {
                    throw Fault($"its first FLAC block has type {type} and {length} bytes where the stream's description, type 0 of {FlacStreamInfo.Length} bytes, must be.");
                }

                RequireAll(_source.Read(content), content.Length);
                info = FlacStreamInfo.Parse(content, Name);
            }
            else if (type == ForbiddenType)
            {
                throw Fault("one of its FLAC blocks has the forbidden type 127.");
            }
            else
            {
                RequireAll(_source.Skip(length), length);
            }
        }

        return info!;
    }

    private void RequireAll(long got, long wanted)
    {
        if (got < wanted)
        {
            throw Fault("it ends inside its header; the file is cut short.");
        }
    }
}
