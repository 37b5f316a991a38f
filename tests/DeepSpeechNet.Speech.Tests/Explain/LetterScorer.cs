using DeepSpeechNet.Language.Decoding;

namespace DeepSpeechNet.Speech.Tests.Explain;

/// <summary>A language model that likes each symbol as much as it always does, whatever stands before it; an end gives <paramref name="end"/>.</summary>
internal sealed class LetterScorer(float[] likes, float end = 0) : IScorer
{
    public int SymbolCount => likes.Length;

    public float HighestExtension(int label) => likes[label];

    public int Begin(Span<float> scores)
    {
        likes.CopyTo(scores);
        return 0;
    }

    public void Extend(ReadOnlySpan<int> states, ReadOnlySpan<int> labels, Span<int> extended, Span<float> scores)
    {
        extended.Clear();
        for (int i = 0; i < states.Length; i++)
            likes.CopyTo(scores[(i * likes.Length)..]);
    }

    public void End(ReadOnlySpan<int> states, Span<float> scores) => scores.Fill(end);

    public void Release(int state)
    {
    }
}
