using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DeepSpeechNet.Audio.Processing.Lanes;

/// <summary>
/// From samples to the features of each frame alone (no deltas, no normalisation), on the widest vectors of the processor.
/// </summary>
internal abstract unsafe class FrameKernel
{
    /// <summary>Makes the kernel for these settings.</summary>
    /// <param name="options">Settings that were validated.</param>
    /// <param name="transform">A transform to use in place of the built-in one.</param>
    /// <param name="width">Bits of the vectors: 512, 256, 128, 32 for no vectors, or 0 for the best on this processor.</param>
    public static FrameKernel Create(FrontEndOptions options, IFourierTransform? transform = null, int width = 0)
    {
        if (width == 0)
            width = Widths().First();
        return width switch
        {
            512 => new FrameKernel<Vector512<float>, Lanes512>(options, transform),
            256 => new FrameKernel<Vector256<float>, Lanes256>(options, transform),
            128 => new FrameKernel<Vector128<float>, Lanes128>(options, transform),
            _ => new FrameKernel<float, ScalarLanes>(options, transform),
        };
    }

    /// <summary>The widths that run here, the fastest first.</summary>
    public static IEnumerable<int> Widths()
    {
        if (Avx512F.IsSupported)
            yield return 512;
        if (Avx2.IsSupported && Fma.IsSupported)
            yield return 256;
        yield return 128;
        yield return 32;
    }

    /// <summary>Writes the features of frames 0 to <paramref name="frames"/> - 1.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="sampleCount">How many there are; the last frame must end within them.</param>
    /// <param name="frames">How many frames.</param>
    /// <param name="output">Receives the features of a frame, one after the other.</param>
    /// <param name="stride">Numbers from a frame's first feature to the next frame's.</param>
    public abstract void Compute(float* samples, nint sampleCount, int frames, float* output, nint stride);
}
