using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Tests.Checkpoints;

/// <summary>What happens at the chosen step of a save.</summary>
public enum Fault
{
    /// <summary>The step reports an error and has done nothing.</summary>
    Error,

    /// <summary>A write does half of its bytes, then reports an error.</summary>
    Short,

    /// <summary>A write does half of its bytes and the process dies: nothing after it happens.</summary>
    Crash,

    /// <summary>A write loses half of its bytes and reports success (a lying disk).</summary>
    Torn,
}

/// <summary>The real file system with one fault at the n-th step; writes, flushes, renames and deletions count as steps.</summary>
internal sealed class FaultyFileLayer(int faultAt, Fault fault) : IFileLayer
{
    private readonly DiskFileLayer _disk = DiskFileLayer.Instance;
    private bool _dead;

    /// <summary>Steps done so far.</summary>
    public int Steps { get; private set; }

    public string Resolve(string path) => _disk.Resolve(path);

    public Stream Create(string path)
    {
        Step();
        return new FaultyStream(this, _disk.Create(path));
    }

    public void FlushToDisk(Stream file)
    {
        Step();
        _disk.FlushToDisk(((FaultyStream)file).Inner);
    }

    public void Replace(string temporary, string target)
    {
        Step();
        _disk.Replace(temporary, target);
    }

    public void Delete(string path)
    {
        Step();
        _disk.Delete(path);
    }

    public void FlushFolder(string folder)
    {
        Step();
        _disk.FlushFolder(folder);
    }

    private bool IsFaulty()
    {
        if (_dead) throw new IOException("the process is dead");
        return ++Steps == faultAt;
    }

    private void Step()
    {
        if (!IsFaulty()) return;
        if (fault == Fault.Crash) _dead = true;
        if (fault != Fault.Torn) throw new IOException("injected fault", 28);
    }

    private void Write(Stream inner, ReadOnlySpan<byte> bytes)
    {
        if (!IsFaulty())
        {
            inner.Write(bytes);
            return;
        }
        if (fault != Fault.Error) inner.Write(bytes[..(bytes.Length / 2)]);
        if (fault == Fault.Crash) _dead = true;
        if (fault != Fault.Torn) throw new IOException("injected fault", 28);
    }

    private sealed class FaultyStream(FaultyFileLayer owner, Stream inner) : Stream
    {
        public Stream Inner => inner;

        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => inner.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => owner.Write(inner, buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => owner.Write(inner, buffer);

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
