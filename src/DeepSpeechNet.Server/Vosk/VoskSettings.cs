namespace DeepSpeechNet.Server.Vosk;

/// <summary>What a Vosk client configured.</summary>
internal sealed record VoskSettings
{
    /// <summary>Samples a second that the client sends.</summary>
    public int SampleRate { get; init; } = 16000;

    /// <summary>Whether results list words.</summary>
    public bool Words { get; init; } = true;

    /// <summary>How many readings a result lists; 0 for the plain form.</summary>
    public int Alternatives { get; init; }

    /// <summary>Phrases to favour.</summary>
    public IReadOnlyList<string> Phrases { get; init; } = [];
}
