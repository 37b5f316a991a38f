using DeepSpeechNet.Language.Metrics;

namespace DeepSpeechNet.Language.Correction;

/// <summary>How well a corrector does on pairs of wrong and right texts, for each source and in all. Not thread-safe.</summary>
public sealed class CorrectionReport
{
    private readonly SortedDictionary<string, CorrectionTally> _sources = new(StringComparer.Ordinal);

    /// <summary>The tally of each source, by name.</summary>
    public IReadOnlyDictionary<string, CorrectionTally> Sources => _sources;

    /// <summary>The tally of all pairs.</summary>
    public CorrectionTally Total { get; private set; }

    /// <summary>Adds one pair and what the corrector made of it.</summary>
    public void Add(SpellingPair pair, Correction correction)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(correction);
        _sources[pair.Source] = _sources.GetValueOrDefault(pair.Source).With(pair, correction);
        Total = Total.With(pair, correction);
    }
}

/// <summary>Counts over pairs of wrong and right texts.</summary>
/// <param name="Damaged">Pairs whose two texts differ.</param>
/// <param name="First">Of those, how many the first suggestion put right.</param>
/// <param name="Among">Of those, how many any suggestion put right.</param>
/// <param name="Sound">Pairs whose two texts are the same: nothing is to be changed.</param>
/// <param name="Spoilt">Of those, how many were changed all the same.</param>
/// <param name="Before">Errors in words before correcting, over all pairs.</param>
/// <param name="After">Errors in words after it.</param>
/// <param name="FalseAlarms">Errors in words after it in pairs whose two texts are the same.</param>
public readonly record struct CorrectionTally(
    long Damaged, long First, long Among, long Sound, long Spoilt, EditCounts Before, EditCounts After, EditCounts FalseAlarms)
{
    /// <summary>The tally with one more pair.</summary>
    public CorrectionTally With(SpellingPair pair, Correction correction)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(correction);
        EditCounts after = WordErrorRate.Compare(pair.Right, correction.Text);
        bool right = correction.Text == pair.Right;
        CorrectionTally more = this with { Before = Before + WordErrorRate.Compare(pair.Right, pair.Wrong), After = After + after };
        if (pair.Wrong == pair.Right)
            return more with { Sound = Sound + 1, Spoilt = Spoilt + (right ? 0 : 1), FalseAlarms = FalseAlarms + after };
        bool among = correction.Alternatives.Any(a => a.Text == pair.Right);
        return more with { Damaged = Damaged + 1, First = First + (right ? 1 : 0), Among = Among + (among ? 1 : 0) };
    }
}
