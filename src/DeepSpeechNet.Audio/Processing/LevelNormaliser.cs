using System.Numerics;

namespace DeepSpeechNet.Audio.Processing;

/// <summary>
/// Brings utterances to a common loudness and leaves the shape of their spectra: every logarithmic energy x of an utterance becomes
/// <c>(max(x - level, -12) + 5) / 3</c>, where the level is the logarithm of the mean energy over all frames and features. Whisper clamps below the loudest
/// energy in the same spirit (Radford et al. 2022, its published front end). Against mean and variance by feature (<see cref="UtteranceNormaliser"/>) it does
/// not take a short word's own sound out of it, and depends little on how much silence lies around: doubling it lowers the level by 0.7.
/// </summary>
public static class LevelNormaliser
{
    /// <summary>Nepers of energy below the level under which nothing is told apart: 52 dB.</summary>
    internal const float Range = 12;

    /// <summary>With <see cref="Spread"/> brings what speech and quiet rooms give to about mean 0 and variance 1.</summary>
    internal const float Offset = 5;

    internal const float Spread = 3;

    /// <summary>Normalises the frames in place.</summary>
    /// <param name="frames"><c>[time, feature]</c>, row-major, natural logarithms of energies; no frames are left as they are.</param>
    public static void Apply(Span<float> frames)
    {
        if (frames.IsEmpty)
            return;
        float loudest = float.NegativeInfinity;
        foreach (float x in frames)
            loudest = Math.Max(loudest, x);
        if (!float.IsFinite(loudest))
            return;

        float level = loudest + (float)Math.Log(EnergyBelow(frames, loudest) / frames.Length);
        Vector<float> levels = new(level), low = new(-Range), offset = new(Offset), factor = new(1 / Spread);
        int at = 0;
        for (; at <= frames.Length - Vector<float>.Count; at += Vector<float>.Count)
            ((Vector.Max(new Vector<float>(frames[at..]) - levels, low) + offset) * factor).CopyTo(frames[at..]);
        for (; at < frames.Length; at++)
            frames[at] = (Math.Max(frames[at] - level, -Range) + Offset) * (1 / Spread);
    }

    /// <summary>The sum of the energies, each relative to the loudest: at most 1, so the sum is safe.</summary>
    private static double EnergyBelow(ReadOnlySpan<float> frames, float loudest)
    {
        Vector<float> top = new(loudest);
        Vector<double> low = Vector<double>.Zero, high = Vector<double>.Zero;
        int at = 0;
        for (; at <= frames.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            Vector.Widen(Vector.Exp(new Vector<float>(frames[at..]) - top), out Vector<double> a, out Vector<double> b);
            low += a;
            high += b;
        }

        double sum = Vector.Sum(low + high);
        for (; at < frames.Length; at++)
            sum += MathF.Exp(frames[at] - loudest);
        return sum;
    }
}
