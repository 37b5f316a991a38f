using DeepSpeechNet.Engine.Devices;

namespace DeepSpeechNet.Speech.Corpora;

/// <summary>
/// Puts clips of similar length into batches. The plan of an epoch depends on the lengths, the options and the number of the
/// epoch and on nothing else, so that a run resumed in the middle of an epoch goes on exactly as it would have.
/// </summary>
/// <remarks>Immutable; may be used from many threads at a time.</remarks>
public sealed class BatchPlanner
{
    private readonly int[] _frames;
    private readonly int[] _used;
    private readonly BatchPlannerOptions _options;

    /// <summary>Prepares plans.</summary>
    /// <param name="frames">Frames of each clip; a clip of no frames, or of more than a batch may hold, is left out.</param>
    /// <param name="options">How to plan; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a length is negative.</exception>
    public BatchPlanner(ReadOnlySpan<int> frames, BatchPlannerOptions? options = null)
    {
        _options = options ?? new BatchPlannerOptions();
        _options.Validate();
        _frames = frames.ToArray();
        var used = new List<int>(frames.Length);
        var left = new List<int>();
        for (int i = 0; i < frames.Length; i++)
        {
            if (frames[i] < 0) throw new ArgumentException($"Clip {i} has {frames[i]} frames.", nameof(frames));
            (frames[i] > 0 && frames[i] <= _options.MaximumFrames ? used : left).Add(i);
        }
        _used = [.. used];
        LeftOut = left;
    }

    /// <summary>Clips that no plan holds, because they have no frames or more than a batch may hold.</summary>
    public IReadOnlyList<int> LeftOut { get; }

    /// <summary>The batches of an epoch, in order.</summary>
    /// <param name="epoch">Number of the epoch, from 0.</param>
    public BatchPlan Plan(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        bool sorted = epoch == 0 && _options.ShortestFirst;
        ulong seed = CounterRandom.Fork(_options.Seed, (ulong)epoch);
        (double Length, ulong Tie, int Clip)[] order = new (double, ulong, int)[_used.Length];
        for (int i = 0; i < order.Length; i++)
        {
            int clip = _used[i];
            ulong bits = CounterRandom.Bits(seed, (ulong)clip);
            // 24 bits for the jitter, another draw for clips of equal length.
            double jitter = sorted ? 0 : _options.LengthJitter * (((bits >> 40) * (2.0 / (1 << 24))) - 1);
            order[i] = (_frames[clip] * (1 + jitter), CounterRandom.Bits(~seed, (ulong)clip), clip);
        }
        Array.Sort(order);

        int[] clips = new int[order.Length];
        for (int i = 0; i < clips.Length; i++) clips[i] = order[i].Clip;
        List<int> starts = Cut(clips, out long padded, out long valid);
        return sorted ? new BatchPlan(epoch, clips, [.. starts], padded, valid) : Shuffle(epoch, clips, starts, seed, padded, valid);
    }

    /// <summary>First clip of each batch.</summary>
    private List<int> Cut(int[] clips, out long padded, out long valid)
    {
        var starts = new List<int>();
        padded = valid = 0;
        long longest = 0, sum = 0;
        for (int i = 0, start = 0; i < clips.Length; i++)
        {
            long frames = _frames[clips[i]];
            long longestWith = Math.Max(longest, frames);
            int count = i - start + 1;
            bool full = count > _options.MaximumUtterances
                || longestWith * count > _options.MaximumFrames
                || longestWith * count > (1 + _options.MaximumPaddingWaste) * (sum + frames);
            if (i == 0 || full)
            {
                padded += longest * (i - start);
                starts.Add(i);
                start = i;
                longest = sum = 0;
            }
            longest = Math.Max(longest, frames);
            sum += frames;
            valid += frames;
            if (i == clips.Length - 1) padded += longest * (i - start + 1);
        }
        return starts;
    }

    private static BatchPlan Shuffle(int epoch, int[] clips, List<int> starts, ulong seed, long padded, long valid)
    {
        int[] batches = [.. Enumerable.Range(0, starts.Count)];
        ulong draw = CounterRandom.Fork(seed, 1);
        for (int i = batches.Length - 1; i > 0; i--)
        {
            // The upper half of the 128-bit product: an index from 0 to i, even to one part in 2^64 / (i + 1).
            int j = (int)Math.BigMul(CounterRandom.Bits(draw, (ulong)i), (ulong)i + 1, out _);
            (batches[i], batches[j]) = (batches[j], batches[i]);
        }

        int[] shuffled = new int[clips.Length];
        int[] first = new int[batches.Length];
        int at = 0;
        for (int i = 0; i < batches.Length; i++)
        {
            int start = starts[batches[i]];
            int end = batches[i] + 1 < starts.Count ? starts[batches[i] + 1] : clips.Length;
            first[i] = at;
            clips.AsSpan(start, end - start).CopyTo(shuffled.AsSpan(at));
            at += end - start;
        }
        return new BatchPlan(epoch, shuffled, first, padded, valid);
    }
}
