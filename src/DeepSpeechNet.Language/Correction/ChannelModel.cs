using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.Correction;

/// <summary>
/// The channel of a spelling corrector: how likely letters that were meant come out as other letters. What is meant is cut into copied letters and edits
/// α → β of one to three letters each (Brill and Moore 2000), space being a letter like any other, so that P(seen | meant) is the sum over all
/// ways of cutting of ∏ P(α → β | α stands next). Immutable and safe to share between threads.
/// </summary>
/// <remarks>Kernighan, Church and Gale, A Spelling Correction Program Based on a Noisy Channel Model, COLING 1990; Brill and Moore, An Improved Error
/// Model for Noisy Channel Spelling Correction, ACL 2000.</remarks>
public sealed class ChannelModel
{
    internal const string CopyTensor = "correction.channel.copy", UnitTensor = "correction.channel.units", ProbabilityTensor = "correction.channel.probabilities";

    private readonly float[] _copy;
    private readonly EditUnit[] _units;
    private readonly int[] _groupStart;
    private readonly Group[] _groups;

    /// <summary>A channel of given probabilities.</summary>
    /// <param name="copy">ln P of each letter being copied, by its number.</param>
    /// <param name="units">The edits, each once, in any order.</param>
    internal ChannelModel(float[] copy, IReadOnlyList<EditUnit> units)
    {
        _copy = copy;
        _units = [.. units];
        Array.Sort(_units, static (a, b) =>
        {
            int bySeen = a.Seen.CompareTo(b.Seen);
            if (bySeen != 0)
                return bySeen;
            int byFirst = (a.Meant % ChannelLetters.Count).CompareTo(b.Meant % ChannelLetters.Count);
            if (byFirst != 0)
                return byFirst;
            int byProbability = b.LogProbability.CompareTo(a.LogProbability);
            return byProbability != 0 ? byProbability : a.Meant.CompareTo(b.Meant);
        });
        List<Group> groups = [];
        _groupStart = new int[ChannelLetters.SegmentCount + 1];
        int at = 0;
        for (int seen = 0; seen < ChannelLetters.SegmentCount; seen++)
        {
            _groupStart[seen] = groups.Count;
            while (at < _units.Length && _units[at].Seen == seen)
            {
                int first = _units[at].Meant % ChannelLetters.Count, from = at;
                while (at < _units.Length && _units[at].Seen == seen && _units[at].Meant % ChannelLetters.Count == first)
                    at++;
                groups.Add(new Group(first, from, at));
            }
        }

        _groupStart[^1] = groups.Count;
        _groups = [.. groups];
    }

    /// <summary>The number of edits.</summary>
    public int EditCount => _units.Length;

    /// <summary>All edits, by what came out, then by the first letter meant, the likeliest first.</summary>
    internal ReadOnlySpan<EditUnit> Units => _units;

    /// <summary>ln P of a letter being copied, by its number.</summary>
    internal ReadOnlySpan<float> Copy => _copy;

    /// <summary>The edits that give a run of letters, grouped by the first letter meant.</summary>
    internal ReadOnlySpan<Group> GroupsOf(int seen) => _groups.AsSpan(_groupStart[seen].._groupStart[seen + 1]);

    /// <summary>ln P(seen | meant), summed over all ways of cutting; negative infinity where the channel cannot do it.</summary>
    /// <param name="meant">What was meant.</param>
    /// <param name="seen">What came out.</param>
    /// <exception cref="ArgumentException">A text has a character other than a to z, apostrophe and space.</exception>
    public double LogProbability(string meant, string seen)
    {
        ArgumentNullException.ThrowIfNull(meant);
        ArgumentNullException.ThrowIfNull(seen);
        byte[] right = ChannelLetters.Enclose(meant) ?? throw new ArgumentException($"'{meant}' has a character other than a to z, apostrophe and space.", nameof(meant));
        byte[] wrong = ChannelLetters.Enclose(seen) ?? throw new ArgumentException($"'{seen}' has a character other than a to z, apostrophe and space.", nameof(seen));
        return Math.Log(new ChannelLattice(this).Sum(right, wrong));
    }

    /// <summary>Reads a channel from a package that holds one.</summary>
    internal static ChannelModel Read(TensorFile file)
    {
        ReadOnlySpan<float> copy = file.Elements<float>(CopyTensor);
        ReadOnlySpan<int> packed = file.Elements<int>(UnitTensor);
        ReadOnlySpan<float> probabilities = file.Elements<float>(ProbabilityTensor);
        if (copy.Length != ChannelLetters.Count)
            throw new ModelFormatException(file.Name, $"tensor '{CopyTensor}'", $"has {copy.Length} elements; the channel has {ChannelLetters.Count} letters");
        if (packed.Length != probabilities.Length)
            throw new ModelFormatException(file.Name, $"tensor '{UnitTensor}'", $"has {packed.Length} edits but '{ProbabilityTensor}' {probabilities.Length} probabilities");
        EditUnit[] units = new EditUnit[packed.Length];
        HashSet<int> known = new(packed.Length);
        for (int i = 0; i < units.Length; i++)
        {
            int meant = packed[i] / ChannelLetters.SegmentCount, seen = packed[i] % ChannelLetters.SegmentCount;
            if (packed[i] < 0 || !ChannelLetters.IsSegment(meant) || !ChannelLetters.IsSegment(seen) || !known.Add(packed[i]))
                throw new ModelFormatException(file.Name, $"tensor '{UnitTensor}'", $"has an edit number {i} that is none or stands twice");
            units[i] = new EditUnit(meant, seen, Probability(file, ProbabilityTensor, probabilities[i]));
        }

        float[] copies = new float[copy.Length];
        for (int i = 0; i < copies.Length; i++)
            copies[i] = Probability(file, CopyTensor, copy[i]);
        return new ChannelModel(copies, units);
    }

    /// <summary>Adds the channel to a package that is being written.</summary>
    internal void Write(TensorFileWriter writer)
    {
        writer.Add<float>(CopyTensor, [_copy.Length], _copy);
        writer.Add<int>(UnitTensor, [_units.Length], Array.ConvertAll(_units, u => (u.Meant * ChannelLetters.SegmentCount) + u.Seen));
        writer.Add<float>(ProbabilityTensor, [_units.Length], Array.ConvertAll(_units, u => u.LogProbability));
    }

    private static float Probability(TensorFile file, string tensor, float value) => value <= 0
        ? value
        : throw new ModelFormatException(file.Name, $"tensor '{tensor}'", $"holds {value}, which is no logarithm of a probability");

    /// <summary>The edits that give one run of letters and begin with one letter meant: a range of <see cref="Units"/>.</summary>
    internal readonly record struct Group(int First, int From, int To);
}
