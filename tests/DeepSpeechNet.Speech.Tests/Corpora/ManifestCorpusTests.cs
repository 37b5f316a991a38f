using DeepSpeechNet.Audio;
using DeepSpeechNet.Speech.Corpora;

namespace DeepSpeechNet.Speech.Tests.Corpora;

public sealed class ManifestCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static float[] Decode(string path, int sampleRate) =>
        int.TryParse(File.ReadAllText(path), out int count) ? new float[count] : throw new AudioFormatException("x", "not a sound");

    [Fact]
    public void Lengths_that_the_manifest_does_not_give_are_measured_and_faults_are_told()
    {
        _folder.Write("a", "500");
        _folder.Write("b", "bad");
        _folder.Write("c", "bad");
        string manifest = _folder.Write("m.tsv", "path\tduration_s\ttext\na\t\tone\nb\t\ttwo\nc\t2.5\tthree\nd\t1\tfour\n");
        var warnings = new List<string>();
        using ManifestCorpus corpus = ManifestCorpus.Open(manifest, new PackOptions { SampleRate = 1000 }, warnings.Add, Decode);
        Assert.Equal(
        [
            $"{manifest}, line 5: there is no file '{_folder.File("d")}'; the row is skipped.",
            $"{manifest}, line 3: 'b' cannot be decoded (x: not a sound); the row is skipped.",
        ], warnings);
        Assert.Equal(["a", "c"], Enumerable.Range(0, corpus.Count).Select(i => corpus[i].Path));
        Assert.Equal([0.5, 2.5], Enumerable.Range(0, corpus.Count).Select(i => corpus[i].Seconds));
        using (SampleBuffer read = corpus.ReadSamples(0)) Assert.Equal(500, read.Length);
        Assert.Equal($"{manifest}, line 4: 'c' cannot be decoded (x: not a sound).", Assert.Throws<CorpusException>(() => corpus.ReadSamples(1)).Message);
    }

    [Fact]
    public void The_filter_applies_to_measured_lengths_too()
    {
        _folder.Write("a", "500");
        _folder.Write("b", "1500");
        string manifest = _folder.Write("m.tsv", "path\ttext\na\tone\nb\ttwo\n");
        var options = new PackOptions { SampleRate = 1000, Filter = new CorpusFilter { MinimumSeconds = 1 } };
        using ManifestCorpus corpus = ManifestCorpus.Open(manifest, options, null, Decode);
        Assert.Equal("b", corpus[0].Path);
        Assert.Equal(1, corpus.Count);
    }
}
