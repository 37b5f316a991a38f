using System.IO.Enumeration;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>Which clips of a corpus are used. An empty list selects everything (or excludes nothing).</summary>
public sealed record CorpusFilter
{
    /// <summary>Only clips of these corpora. In a name <c>*</c> stands for any letters.</summary>
    public IReadOnlyList<string> OnlyCorpora { get; init; } = [];

    /// <summary>No clips of these corpora. In a name <c>*</c> stands for any letters.</summary>
    public IReadOnlyList<string> ExcludedCorpora { get; init; } = [];

    /// <summary>Only clips of these speakers, given as <c>speaker</c> or <c>corpus/speaker</c>.</summary>
    public IReadOnlyList<string> OnlySpeakers { get; init; } = [];

    /// <summary>No clips of these speakers, given as <c>speaker</c> or <c>corpus/speaker</c>.</summary>
    public IReadOnlyList<string> ExcludedSpeakers { get; init; } = [];

    /// <summary>Shortest clip, in seconds.</summary>
    public double MinimumSeconds { get; init; }

    /// <summary>Longest clip, in seconds.</summary>
    public double MaximumSeconds { get; init; } = double.PositiveInfinity;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A limit is negative or not a number, or the lower is above the upper.</exception>
    public void Validate()
    {
        if (!(MinimumSeconds >= 0)) throw new ArgumentException($"MinimumSeconds is {MinimumSeconds}; it must be 0 or more.");
        if (!(MaximumSeconds >= MinimumSeconds))
            throw new ArgumentException($"MaximumSeconds is {MaximumSeconds}; it must be at least MinimumSeconds, {MinimumSeconds}.");
    }

    /// <summary>Whether a clip is used.</summary>
    /// <param name="corpus">Its corpus.</param>
    /// <param name="speaker">Its speaker.</param>
    /// <param name="seconds">Its length, or null if unknown, which passes.</param>
    public bool Accepts(string corpus, string speaker, double? seconds) =>
        (OnlyCorpora.Count == 0 || NamesCorpus(OnlyCorpora, corpus))
        && !NamesCorpus(ExcludedCorpora, corpus)
        && (OnlySpeakers.Count == 0 || NamesSpeaker(OnlySpeakers, corpus, speaker))
        && !NamesSpeaker(ExcludedSpeakers, corpus, speaker)
        && (seconds is not double s || (s >= MinimumSeconds && s <= MaximumSeconds));

    /// <summary>Whether a clip is used.</summary>
    /// <param name="entry">The clip.</param>
    public bool Accepts(CorpusEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Accepts(entry.Corpus, entry.Speaker, entry.Seconds);
    }

    /// <summary>Those of <see cref="OnlyCorpora"/> that are the name of none of these corpora: most likely they are misspelled.</summary>
    /// <param name="corpora">Names of corpora.</param>
    public IEnumerable<string> MatchingNone(IReadOnlyCollection<string> corpora) => OnlyCorpora.Where(name => !corpora.Any(corpus => Names(name, corpus)));

    /// <summary>Those of <see cref="OnlySpeakers"/> and <see cref="ExcludedSpeakers"/> that name none of these speakers: most likely they are misspelled.</summary>
    /// <param name="speakers">Speakers, each with a corpus that holds recordings of theirs; those that the filter leaves out too.</param>
    public IEnumerable<string> MatchingNone(IReadOnlyCollection<(string Corpus, string Speaker)> speakers) =>
        OnlySpeakers.Concat(ExcludedSpeakers).Where(name => !speakers.Any(s => NamesSpeaker([name], s.Corpus, s.Speaker)));

    private static bool NamesCorpus(IReadOnlyList<string> names, string corpus)
    {
        foreach (string name in names)
        {
            if (Names(name, corpus)) return true;
        }
        return false;
    }

    private static bool Names(string name, string corpus) => name.Contains('*') ? FileSystemName.MatchesSimpleExpression(name, corpus, ignoreCase: false) : corpus == name;

    private static bool NamesSpeaker(IReadOnlyList<string> names, string corpus, string speaker)
    {
        foreach (string name in names)
        {
            if (speaker == name || (name.Length == corpus.Length + 1 + speaker.Length && name == $"{corpus}/{speaker}")) return true;
        }
        return false;
    }
}
