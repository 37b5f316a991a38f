namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// One utterance of a CTC batch. Its states are blanks 0 .. L and labels 0 .. L - 1 with blank i before label i: the states 2i and 2i + 1 of
/// Graves et al. 2006, kept in two planes so that a vector holds states of one kind.
/// </summary>
internal readonly unsafe struct CtcUtterance
{
    /// <summary>States of one kind that a vector holds; planes are padded to a multiple of it.</summary>
    public const int Lanes = 8;

    /// <summary>The logits of frame 0.</summary>
    public required float* Logits { get; init; }

    /// <summary>The gradient of frame 0, or null.</summary>
    public required float* Gradient { get; init; }

    /// <summary>Floats from one frame to the next, in logits and gradient.</summary>
    public required long Stride { get; init; }

    /// <summary>T: the real frames, at least one.</summary>
    public required int Frames { get; init; }

    /// <summary>A: the classes.</summary>
    public required int Classes { get; init; }

    /// <summary>The text's labels.</summary>
    public required int* Labels { get; init; }

    /// <summary>L: how many labels there are.</summary>
    public required int Length { get; init; }

    /// <summary>The blank's class.</summary>
    public required int Blank { get; init; }

    /// <summary>The factor of the gradient.</summary>
    public required float GradientScale { get; init; }

    /// <summary>How many states a plane has, padding included: at least L + 1.</summary>
    public int Plane => (Length + Lanes) / Lanes * Lanes;

    /// <summary>Whether some path of T frames spells the text: each label takes a frame, and so does the blank between equal neighbours.</summary>
    public bool Fits()
    {
        long needed = Length;
        for (int i = 1; i < Length; i++)
        {
            if (Labels[i] == Labels[i - 1])
                needed++;
        }

        return needed <= Frames;
    }
}
