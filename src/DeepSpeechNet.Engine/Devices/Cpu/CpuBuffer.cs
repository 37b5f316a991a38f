using System.Runtime.InteropServices;
using DeepSpeechNet.Engine.Tensors;

namespace DeepSpeechNet.Engine.Devices.Cpu;

/// <summary>Native memory aligned to 64 bytes (a cache line, an AVX-512 vector), with as much again behind its end readable.</summary>
internal sealed unsafe class CpuBuffer : DeviceBuffer
{
    public const int Alignment = 64;

    public CpuBuffer(long byteLength)
        : base(byteLength)
    {
        Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)byteLength + Alignment, Alignment);
    }

    public byte* Pointer { get; private set; }

    public void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
