using DeepSpeechNet.Language.Decoding;
using DeepSpeechNet.Language.Decoding.HotWords;

namespace DeepSpeechNet.Speech.Recognition;

/// <summary>How a long recording becomes utterances.</summary>
public enum Segmentation
{
    /// <summary>Recordings up to 30 s whole, longer ones cut at pauses.</summary>
    Automatic,

    /// <summary>One utterance, at most 30 s.</summary>
    Whole,

    /// <summary>Cut at pauses, whatever the length.</summary>
    Pauses,
}

/// <summary>How to transcribe.</summary>
public sealed record TranscriptionOptions
{
    /// <summary>How a long recording becomes utterances.</summary>
    public Segmentation Segmentation { get; init; } = Segmentation.Automatic;

    /// <summary>How many readings to list for a recording; more than 1 needs a beam.</summary>
    public int Alternatives { get; init; }

    /// <summary>Hypotheses kept by the prefix beam search: 1 means best-path decoding, 0 what the model says.</summary>
    public int BeamWidth { get; init; }

    /// <summary>Whether the language models that belong to the model take part.</summary>
    public bool LanguageModel { get; init; } = true;

    /// <summary>The hot words; a file of them is looked at anew at the start of each utterance. Null for none.</summary>
    public IHotWords? HotWords { get; init; }

    /// <summary>How letters become text, in place of what the model says; null for the model's own settings. <see cref="BeamWidth"/> still comes first.</summary>
    public DecoderSettings? Decoder { get; init; }

    /// <summary>Whether the letters of the network's best path are wanted too.</summary>
    public bool Letters { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Segmentation))
            throw new ArgumentException($"{nameof(Segmentation)} is {Segmentation}; it must be one of {string.Join(", ", Enum.GetNames<Segmentation>())}.");
        if (Alternatives is < 0 or > 1000)
            throw new ArgumentException($"{nameof(Alternatives)} is {Alternatives}; it must be 0 to 1000.");
        if (BeamWidth is < 0 or > 100_000)
            throw new ArgumentException($"{nameof(BeamWidth)} is {BeamWidth}; it must be 0 (the model's own) to 100000.");
        Decoder?.Validate();
    }
}
