namespace DeepSpeechNet.Audio.Files;

/// <summary>One channel of decoded sound, whole.</summary>
/// <param name="Samples">The samples, nominally in [-1, 1).</param>
/// <param name="SampleRate">Samples a second, in hertz.</param>
/// <param name="Warnings">What was odd about the source and still readable; empty where nothing was.</param>
public sealed record AudioClip(float[] Samples, int SampleRate, IReadOnlyList<string> Warnings)
{
    /// <summary>How long the clip lasts.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / SampleRate);
}
