namespace DeepSpeechNet.Engine.Tensors;

/// <summary>
/// A stretch of memory that one device owns. No span of it can be taken here: only its device knows how to reach it
/// (native memory on the CPU device, a pointer on a card).
/// </summary>
public abstract class DeviceBuffer
{
    /// <summary>A buffer of <paramref name="byteLength"/> bytes.</summary>
    protected DeviceBuffer(long byteLength) => ByteLength = byteLength;

    /// <summary>The size in bytes.</summary>
    public long ByteLength { get; }

    /// <summary>
    /// Rises with each change of the content that makes forms derived from it (packed or quantised weights) stale: uploads, copies,
    /// fills and optimiser steps. Activations, which nothing is derived from, need not count.
    /// </summary>
    public int Version { get; private set; }

    /// <summary>Says that the content changed: called by the device's primitives.</summary>
    public void MarkChanged() => Version++;
}
