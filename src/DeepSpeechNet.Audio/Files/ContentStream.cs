namespace DeepSpeechNet.Audio.Files;

/// <summary>
/// A stream from a place on, as a file of its own: position 0 is that place, and a read fills its buffer unless the end comes first, which decoders
/// written for files count on. The stream behind it is not closed with it.
/// </summary>
internal sealed class ContentStream(Stream inner, long origin) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length - origin;

    public override long Position
    {
        get => inner.Position - origin;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            inner.Position = origin + value;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => inner.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
