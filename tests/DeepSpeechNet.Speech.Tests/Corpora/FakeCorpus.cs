using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

/// <summary>A corpus in memory.</summary>
internal sealed class FakeCorpus(params (CorpusEntry Entry, float[]? Samples)[] clips) : ISpeechCorpus
{
    public bool Disposed { get; private set; }

    public int Count => clips.Length;

    public int SampleRate { get; init; } = 1000;

    public CorpusEntry this[int index] => clips[index].Entry;

    public static CorpusEntry Entry(string path, string text = "hello", double seconds = 1, string speaker = "ann", string corpus = "c") =>
        new(path, text, speaker, corpus, "CC0", seconds);

    public SampleBuffer ReadSamples(int index)
    {
        float[] samples = clips[index].Samples ?? throw new CorpusException("fake", 0, "the clip is broken");
        var buffer = new SampleBuffer(samples.Length);
        samples.CopyTo(buffer.Span);
        return buffer;
    }

    public void Dispose() => Disposed = true;
}
