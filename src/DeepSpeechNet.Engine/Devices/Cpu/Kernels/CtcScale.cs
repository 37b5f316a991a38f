namespace DeepSpeechNet.Engine.Devices.Cpu.Kernels;

/// <summary>
/// How <see cref="CtcScaled"/> places its powers of two. Each keeps slope * 2 * period + (period - 1) * log2(1 / emission) below 965, so that a
/// product or a weight that is flushed to zero stays 2^-58 below what it is added to.
/// </summary>
internal readonly record struct CtcScale
{
    /// <summary>log2 of the largest number at a choice of powers.</summary>
    public const int Top = 440;

    /// <summary>log2 of the smallest number that a state on a path to the end may have at a choice of powers.</summary>
    public const int Floor = -500;

    /// <summary>The shortest period of any.</summary>
    public const int ShortestPeriod = 4;

    /// <summary>For nearly all utterances: labels down to 2^-64 of their frame's maximum.</summary>
    public static CtcScale Usual => new() { PeriodShift = 3, Slope = 32, SmallestEmission = 1 / 18446744073709551616f };

    /// <summary>For posteriors that are very sure of another text: down to 2^-120.</summary>
    public static CtcScale Steep => new() { PeriodShift = 2, Slope = 60, SmallestEmission = 1 / 1.329227995784916e36f };

    /// <summary>log2 of the frames between two choices.</summary>
    public int PeriodShift { get; private init; }

    /// <summary>How much the powers may fall from a state to the next: log2 of a transition's largest weight, for a state.</summary>
    public long Slope { get; private init; }

    /// <summary>The smallest exp(logit - maximum) of a class of the text that this answers for.</summary>
    public float SmallestEmission { get; private init; }

    /// <summary>Whether a choice is made at frame t.</summary>
    public bool Starts(int t) => (t & ((1 << PeriodShift) - 1)) == 0;
}
