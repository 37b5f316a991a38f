using ILGPU;

namespace DeepSpeechNet.Engine.Ilgpu.Kernels;

/// <summary>What the windows over frames take.</summary>
internal struct FrameArguments
{
    public ArrayView<float> Narrow;
    public ArrayView<float> Wide;
    public int Frames;
    public int Windows;
    public int Batch;
    public int Features;
    public int Context;
    public int Stride;
    public int Count;
    public int Accumulate;
}

/// <summary>Frames with their neighbours, and the gradient back; one lane an element of the result.</summary>
internal static class FrameKernels
{
    /// <summary>wide[t, b] = the frames around stride t, zeros where there are none.</summary>
    public static void Window(FrameArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        int wide = ((2 * a.Context) + 1) * a.Features;
        int row = i / wide, place = i - (row * wide), copy = place / a.Features, feature = place - (copy * a.Features);
        int t = row / a.Batch, b = row - (t * a.Batch), frame = (t * a.Stride) + copy - a.Context;
        a.Wide[i] = frame < 0 || frame >= a.Frames ? 0 : a.Narrow[(((frame * a.Batch) + b) * a.Features) + feature];
    }

    /// <summary>narrow (+)= the sum of each frame's copies in wide, from the first window to the last.</summary>
    public static void WindowBackward(FrameArguments a)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i >= a.Count)
            return;
        int row = i / a.Features, feature = i - (row * a.Features), frame = row / a.Batch, b = row - (frame * a.Batch);
        int wide = ((2 * a.Context) + 1) * a.Features;
        int first = frame > a.Context ? (frame - a.Context + a.Stride - 1) / a.Stride : 0, last = (frame + a.Context) / a.Stride;
        float sum = a.Accumulate != 0 ? a.Narrow[i] : 0;
        for (int t = first; t <= last && t < a.Windows; t++)
            sum += a.Wide[(((t * a.Batch) + b) * wide) + ((frame - (t * a.Stride) + a.Context) * a.Features) + feature];
        a.Narrow[i] = sum;
    }
}
