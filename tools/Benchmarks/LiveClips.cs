using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Speech.Corpora;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Benchmarks;

/// <summary>
/// What the live benchmarks listen to and with. Options: --manifest FILE (audio-samples/manifest.tsv, or a store) --only-corpus NAME,NAME --clips 40
/// --model DIR (models/commands) --language-model PATH --alpha X --beta X --beam N --threads 2.
/// </summary>
internal sealed class LiveClips : IAsyncDisposable
{
    private LiveClips(Recognizer recognizer, SessionOptions options, List<(float[] Samples, string Text)> clips)
    {
        Recognizer = recognizer;
        Options = options;
        Clips = clips;
    }

    public Recognizer Recognizer { get; }

    /// <summary>The model's rate, and how to decode.</summary>
    public SessionOptions Options { get; }

    public List<(float[] Samples, string Text)> Clips { get; }

    public int Rate => Options.SampleRate;

    public static LiveClips Load(string[] args)
    {
        string repository = PublishedProgram.Repository();
        string manifest = TranscribeBenchmark.Option(args, "--manifest", Path.Combine(repository, "audio-samples", "manifest.tsv"));
        string only = TranscribeBenchmark.Option(args, "--only-corpus", ""), language = TranscribeBenchmark.Option(args, "--language-model", "");
        int count = int.Parse(TranscribeBenchmark.Option(args, "--clips", "40"));
        Recognizer recognizer = Recognizer.Load(
            TranscribeBenchmark.Option(args, "--model", Path.Combine(repository, "models", "commands")),
            int.Parse(TranscribeBenchmark.Option(args, "--threads", "2")),
            language.Length > 0 ? new LanguageChoice(language) : null);
        int rate = recognizer.Model.FrontEnd.SampleRate;
        DecoderSettings settings = recognizer.Model.Decoder;
        settings = settings with
        {
            NGramWeight = double.Parse(TranscribeBenchmark.Option(args, "--alpha", $"{settings.NGramWeight}")),
            WordBonus = double.Parse(TranscribeBenchmark.Option(args, "--beta", $"{settings.WordBonus}")),
        };
        SessionOptions options = new() { SampleRate = rate, Decoder = settings, BeamWidth = int.Parse(TranscribeBenchmark.Option(args, "--beam", "0")) };
        using ISpeechCorpus corpus = SpeechCorpus.Open(manifest, new PackOptions { SampleRate = rate, Filter = new CorpusFilter { OnlyCorpora = only.Length > 0 ? only.Split(',') : [] } });
        List<(float[], string)> clips = [];
        for (int i = 0; i < Math.Min(count, corpus.Count); i++)
        {
            using SampleBuffer samples = corpus.ReadSamples(i);
            clips.Add((samples.Span.ToArray(), corpus[i].Text));
        }

        Console.WriteLine($"{clips.Count} clips, {clips.Sum(c => c.Item1.Length) / (double)rate:F0} s");
        return new LiveClips(recognizer, options, clips);
    }

    public ValueTask DisposeAsync() => Recognizer.DisposeAsync();
}
