using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DeepSpeechNet.Language;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// Looks through a corpus for what spoils training: letters that the alphabet lacks, texts that cannot fit their frames,
/// duplicates, clipping, silence, odd or wrong lengths, and texts that do not belong to their sound.
/// </summary>
public static class CorpusDoctor
{
    private const float FullScale = 0.999f;
    private const int FewestForRate = 20;

    /// <summary>Examines a corpus. The findings do not depend on the number of threads.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="alphabet">Letters that a network is to write; texts are taken as they are, not normalised.</param>
    /// <param name="options">What to look for; null for the defaults.</param>
    /// <param name="progress">Told the number of clips examined, if given.</param>
    /// <param name="cancellation">Stops the examination.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The examination was stopped.</exception>
    public static CorpusReport Examine(ISpeechCorpus corpus, Alphabet alphabet, CorpusDoctorOptions? options = null,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(alphabet);
        options ??= new CorpusDoctorOptions();
        options.Validate();
        var sounds = new Sound[corpus.Count];
        int done = 0;
        Parallel.For(0, corpus.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation }, i =>
        {
            sounds[i] = Listen(corpus, i);
            progress?.Report(Interlocked.Increment(ref done));
        });

        var findings = new List<CorpusFinding>();
        var paths = new Dictionary<string, int>(StringComparer.Ordinal);
        var hashes = new Dictionary<UInt128, int>();
        for (int i = 0; i < corpus.Count; i++)
        {
            CorpusEntry entry = corpus[i];
            void Find(FindingKind kind, string message) => findings.Add(new CorpusFinding(kind, i, entry.Path, message));
            if (!paths.TryAdd(entry.Path, i)) Find(FindingKind.DuplicatePath, $"The path is that of clip {paths[entry.Path]} as well.");
            CheckSound(sounds[i], entry, options, Find);
            CheckText(sounds[i], entry, alphabet, options, Find);
            if (sounds[i].Samples > 0 && !hashes.TryAdd(sounds[i].Hash, i))
                Find(FindingKind.DuplicateSound, $"The sound is that of '{corpus[hashes[sounds[i].Hash]].Path}'.");
        }
        FindOddRates(corpus, sounds, options, findings);
        findings.Sort((a, b) => a.Clip != b.Clip ? a.Clip.CompareTo(b.Clip) : a.Kind.CompareTo(b.Kind));
        return new CorpusReport(Parts(corpus, sounds), findings);
    }

    /// <summary>Frames that a text needs under CTC: one a letter, and a blank between equal neighbours (Graves et al. 2006).</summary>
    /// <param name="text">The text.</param>
    public static int FramesNeeded(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int frames = 0;
        Rune before = default;
        foreach (Rune letter in text.EnumerateRunes())
        {
            frames += frames > 0 && letter == before ? 2 : 1;
            before = letter;
        }
        return frames;
    }

    private readonly record struct Sound(int Samples, double Seconds, float Peak, int Clipped, UInt128 Hash, string? Fault);

    private static Sound Listen(ISpeechCorpus corpus, int index)
    {
        try
        {
            using SampleBuffer buffer = corpus.ReadSamples(index);
            ReadOnlySpan<float> samples = buffer.Span;
            float peak = 0;
            int clipped = 0;
            foreach (float sample in samples)
            {
                float size = MathF.Abs(sample);
                peak = MathF.Max(peak, size);
                if (size >= FullScale) clipped++;
            }
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(MemoryMarshal.AsBytes(samples), hash);
            return new Sound(samples.Length, (double)samples.Length / corpus.SampleRate, peak, clipped, MemoryMarshal.Read<UInt128>(hash), null);
        }
        catch (CorpusException e)
        {
            return new Sound(0, 0, 0, 0, default, e.Message);
        }
    }

    private static void CheckSound(Sound sound, CorpusEntry entry, CorpusDoctorOptions options, Action<FindingKind, string> find)
    {
        if (sound.Fault is not null)
        {
            find(FindingKind.Unreadable, sound.Fault);
            return;
        }
        // Written so that a peak that is not a number counts as silent.
        if (!(sound.Peak >= options.SilentPeak)) find(FindingKind.Silence, $"The loudest sample is {sound.Peak:0.0000} of full scale.");
        double share = (double)sound.Clipped / Math.Max(1, sound.Samples);
        if (share > options.ClippedShare) find(FindingKind.Clipping, $"{100 * share:0.00} % of the samples are at full scale.");
        if (sound.Seconds < options.MinimumSeconds || sound.Seconds > options.MaximumSeconds)
            find(FindingKind.OddDuration, $"The clip has {sound.Seconds:0.00} s; usual are {options.MinimumSeconds} to {options.MaximumSeconds} s.");
        if (Math.Abs(sound.Seconds - entry.Seconds) > options.DurationTolerance)
            find(FindingKind.WrongDuration, $"The clip has {sound.Seconds:0.00} s, and {entry.Seconds:0.00} s are stated.");
    }

    private static void CheckText(Sound sound, CorpusEntry entry, Alphabet alphabet, CorpusDoctorOptions options, Action<FindingKind, string> find)
    {
        if (entry.Text.Length == 0)
        {
            find(FindingKind.EmptyText, "The text is empty, which is right only where nobody speaks: training takes the clip to teach that nothing is to be written.");
            return;
        }
        var unknown = new List<Rune>();
        foreach (Rune letter in entry.Text.EnumerateRunes())
        {
            if (!alphabet.Contains(letter) && !unknown.Contains(letter)) unknown.Add(letter);
        }
        if (unknown.Count > 0) find(FindingKind.UnknownLetter, $"The alphabet lacks {string.Join(", ", unknown.Select(rune => $"'{rune}'"))}.");
        int needed = FramesNeeded(entry.Text);
        int frames = (int)(sound.Seconds * options.FramesPerSecond);
        if (sound.Fault is null && needed > frames) find(FindingKind.TextTooLong, $"The text needs {needed} frames, and the clip has {frames}.");
    }

    /// <summary>Median and median absolute deviation (times 1.4826, the standard deviation of a normal distribution) of the
    /// logarithm of letters per second, a collection at a time.</summary>
    private static void FindOddRates(ISpeechCorpus corpus, Sound[] sounds, CorpusDoctorOptions options, List<CorpusFinding> findings)
    {
        var groups = Enumerable.Range(0, corpus.Count).Where(i => sounds[i].Samples > 0 && corpus[i].Text.Length > 0).GroupBy(i => corpus[i].Corpus);
        foreach (IGrouping<string, int> group in groups)
        {
            int[] clips = [.. group];
            if (clips.Length < FewestForRate) continue;
            double[] rates = [.. clips.Select(i => Math.Log(corpus[i].Text.Length / sounds[i].Seconds))];
            double median = Median(rates);
            double deviation = 1.4826 * Median([.. rates.Select(rate => Math.Abs(rate - median))]);
            // In a set of one word the deviation can be next to nothing; a fifth more or less is never odd.
            double limit = options.RateDeviations * Math.Max(deviation, 0.05);
            for (int i = 0; i < clips.Length; i++)
            {
                if (Math.Abs(rates[i] - median) <= limit) continue;
                findings.Add(new CorpusFinding(FindingKind.OddSpeakingRate, clips[i], corpus[clips[i]].Path,
                    $"{Math.Exp(rates[i]):0.0} letters a second, where {Math.Exp(median):0.0} are usual: the text may not belong to the sound."));
            }
        }
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static List<CorpusPart> Parts(ISpeechCorpus corpus, Sound[] sounds) =>
        [.. Enumerable.Range(0, corpus.Count)
            .GroupBy(i => corpus[i].Corpus)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new CorpusPart(group.Key, group.Count(),
                group.Select(i => corpus[i].Speaker).Where(speaker => speaker.Length > 0).Distinct().Count(),
                group.Sum(i => sounds[i].Seconds), group.Sum(i => (long)corpus[i].Text.Length)))];
}
