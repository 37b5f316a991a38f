using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Language;

namespace DeepSpeechNet.Speech.Explain;

/// <summary>Why a recording, or a part of it, became the text that it became. Plain data; all times count from the start of the part.</summary>
public sealed record Explanation
{
    /// <summary>What names the recording: usually its file.</summary>
    public required string Name { get; init; }

    /// <summary>What names the model.</summary>
    public required string Model { get; init; }

    /// <summary>Hypotheses that the beam search kept.</summary>
    public required int BeamWidth { get; init; }

    /// <summary>The models that had a say beside the network, by name; every list of parts follows this order.</summary>
    public required IReadOnlyList<string> Parts { get; init; }

    /// <summary>The sound of the part, at the rate of the model.</summary>
    public required AudioClip Sound { get; init; }

    /// <summary>Where the part begins in the recording.</summary>
    public required TimeSpan Start { get; init; }

    /// <summary>How long the whole recording is.</summary>
    public required TimeSpan Whole { get; init; }

    /// <summary>The part's log-mel spectrogram.</summary>
    public required SoundPicture Picture { get; init; }

    /// <summary>The letters, in the order of the network's classes; the blank comes behind them.</summary>
    public required Alphabet Alphabet { get; init; }

    /// <summary>Time from one frame of letter probabilities to the next.</summary>
    public required TimeSpan Frame { get; init; }

    /// <summary>The utterances in order; silence makes none.</summary>
    public required IReadOnlyList<ExplainedUtterance> Utterances { get; init; }

    /// <summary>What was said, normalised to the alphabet; null if unknown.</summary>
    public string? Reference { get; init; }

    /// <summary>Whether the recording goes on before or behind the part.</summary>
    public bool IsPart => Sound.Duration < Whole;

    /// <summary>The recognised text: all utterances'.</summary>
    public string Text => string.Join(' ', Utterances.Select(u => u.Transcript.Text).Where(t => t.Length > 0));

    /// <summary>What the letters alone say: the best path of all utterances.</summary>
    public string GreedyText => string.Join(' ', Utterances.Select(u => u.Greedy.Text).Where(t => t.Length > 0));
}
