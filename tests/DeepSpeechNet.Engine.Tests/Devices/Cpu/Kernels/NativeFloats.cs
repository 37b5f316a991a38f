using System.Runtime.InteropServices;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu.Kernels;

/// <summary>Floats in native memory between two guard zones, so that a test sees a kernel that writes past either end.</summary>
internal sealed unsafe class NativeFloats : IDisposable
{
    private const int Guard = 64;
    private const float Mark = 123456.5f;

    private readonly float* _memory;

    public NativeFloats(int length)
    {
        Length = length;
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)(length + (2 * Guard)) * sizeof(float), 64);
        new Span<float>(_memory, length + (2 * Guard)).Fill(Mark);
        Span.Clear();
    }

    public NativeFloats(int length, int seed, float scale = 1)
        : this(length)
    {
        Random random = new(seed);
        foreach (ref float value in Span)
            value = ((2 * random.NextSingle()) - 1) * scale;
    }

    public int Length { get; }

    public float* Pointer => _memory + Guard;

    public Span<float> Span => new(Pointer, Length);

    public void AssertGuardsUntouched()
    {
        Assert.Equal(-1, new Span<float>(_memory, Guard).IndexOfAnyExcept(Mark));
        Assert.Equal(-1, new Span<float>(Pointer + Length, Guard).IndexOfAnyExcept(Mark));
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
