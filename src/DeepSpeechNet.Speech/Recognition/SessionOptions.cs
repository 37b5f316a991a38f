using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.HotWords;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>How a <see cref="RecognitionSession"/> listens.</summary>
public sealed record SessionOptions
{
    /// <summary>Samples a second that will be written, in hertz; they are resampled for the model.</summary>
    public int SampleRate { get; init; } = 16000;

    /// <summary>
    /// How the stream becomes utterances: cut at pauses (<see cref="Segmentation.Automatic"/> means that too), or one utterance of at most
    /// <see cref="Recognizer.LongestUtterance"/> seconds.
    /// </summary>
    public Segmentation Segmentation { get; init; } = Segmentation.Pauses;

    /// <summary>Where the stream is cut.</summary>
    public SpeechSegmenterOptions Endpoints { get; init; } = new();

    /// <summary>Whether text is given while an utterance goes on.</summary>
    public bool Partials { get; init; } = true;

    /// <summary>How often, in time of the stream.</summary>
    public TimeSpan PartialInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Whether partial texts show all words as soon as they are read, though many of the last change again; otherwise those that the network is sure of or on which two passes agree.
    /// </summary>
    public bool TentativeWords { get; init; }

    /// <summary>
    /// Whether every partial text is computed and kept for the reader, however fast the samples come, so that the updates depend on the samples alone; writing
    /// then waits for them. Otherwise those that nobody has had time for are left out.
    /// </summary>
    public bool EveryPartial { get; init; }

    /// <summary>
    /// Whether the final text is worked out as soon as a short silence follows speech, and thrown away if speech goes on: it is then there at once when the pause has
    /// lasted long enough, at the price of more work for speakers who often pause. It never changes a text.
    /// </summary>
    public bool EagerFinals { get; init; } = true;

    /// <summary>How many readings to list for an utterance; more than 1 needs a beam.</summary>
    public int Alternatives { get; init; }

    /// <summary>Hypotheses kept by the prefix beam search: 1 means best-path decoding, 0 what the model says.</summary>
    public int BeamWidth { get; init; }

    /// <summary>Whether the language models that belong to the model take part.</summary>
    public bool LanguageModel { get; init; } = true;

    /// <summary>The hot words; a file of them is looked at anew for each utterance. Null for none.</summary>
    public IHotWords? HotWords { get; init; }

    /// <summary>How letters become text, in place of what the model says; null for the model's own settings.</summary>
    public DecoderSettings? Decoder { get; init; }

    /// <summary>Whether the letters of the network's best path are wanted too.</summary>
    public bool Letters { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (SampleRate is < 1000 or > 768_000)
            throw new ArgumentException($"{nameof(SampleRate)} is {SampleRate}; it must be 1000 to 768000.");
        if (PartialInterval < TimeSpan.FromMilliseconds(50) || PartialInterval > TimeSpan.FromSeconds(10))
            throw new ArgumentException($"{nameof(PartialInterval)} is {PartialInterval.TotalSeconds} s; it must be 0.05 to 10 s.");
        if (Endpoints.MaximumSeconds > Recognizer.LongestUtterance)
            throw new ArgumentException($"{nameof(Endpoints)}.{nameof(Endpoints.MaximumSeconds)} is {Endpoints.MaximumSeconds}; it must be at most {Recognizer.LongestUtterance}.");
        Endpoints.Validate();
        Transcription.Validate();
    }

    /// <summary>The same settings for one utterance.</summary>
    internal TranscriptionOptions Transcription => new()
    {
        Segmentation = Segmentation,
        Alternatives = Alternatives,
        BeamWidth = BeamWidth,
        LanguageModel = LanguageModel,
        HotWords = HotWords,
        Decoder = Decoder,
        Letters = Letters,
    };
}
