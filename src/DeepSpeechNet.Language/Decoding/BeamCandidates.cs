using System.Runtime.InteropServices;

namespace DeepSpeechNet.Language.Decoding;

/// <summary>
/// The candidates of one frame, of which the best few are kept. Holds up to twice as many; when full, the worse half goes and
/// the worst that is kept becomes the threshold for newcomers, so the cost of a candidate is constant.
/// </summary>
internal sealed class BeamCandidates
{
    private readonly int _width;
    private Candidate[] _items = new Candidate[256];

    /// <summary>Creates a buffer that keeps the best <paramref name="width"/>.</summary>
    public BeamCandidates(int width) => _width = width;

    /// <summary>The number of candidates held.</summary>
    public int Count { get; private set; }

    /// <summary>A candidate at or below this score cannot be among the best.</summary>
    public double Threshold { get; private set; }

    /// <summary>The candidates held, in no order.</summary>
    public ReadOnlySpan<Candidate> Items => _items.AsSpan(0, Count);

    /// <summary>Starts a frame.</summary>
    public void Clear()
    {
        Count = 0;
        Threshold = double.NegativeInfinity;
    }

    /// <summary>Raises the threshold, if it is lower.</summary>
    public void Require(double threshold) => Threshold = Math.Max(Threshold, threshold);

    /// <summary>Adds a candidate.</summary>
    public void Add(double score, int slot, int label)
    {
        if (Count == _items.Length)
        {
            if (Count >= 2L * _width) KeepBest();
            else Array.Resize(ref _items, (int)Math.Min(2L * _items.Length, Math.Max(2L * _width, _items.Length)));
        }

        _items[Count++] = new Candidate(score, slot, label);
    }

    /// <summary>Reduces to the best and sets the threshold to the worst of them.</summary>
    public void KeepBest()
    {
        if (Count < _width) return;
        if (Count > _width) Select(_items.AsSpan(0, Count), _width);
        Count = _width;
        double worst = double.PositiveInfinity;
        for (int i = 0; i < Count; i++) worst = Math.Min(worst, _items[i].Score);
        Threshold = Math.Max(Threshold, worst);
    }

    /// <summary>Hoare's quickselect: afterwards the first <paramref name="count"/> items are the best ones.</summary>
    internal static void Select(Span<Candidate> items, int count)
    {
        while (items.Length > 1 && count > 0 && count < items.Length)
        {
            double pivot = MedianOfThree(items[0].Score, items[items.Length / 2].Score, items[^1].Score);
            int left = 0;
            int right = items.Length - 1;
            while (left <= right)
            {
                while (items[left].Score > pivot) left++;
                while (items[right].Score < pivot) right--;
                if (left > right) break;
                (items[left], items[right]) = (items[right], items[left]);
                left++;
                right--;
            }

            if (count <= right)
            {
                items = items[..(right + 1)];
            }
            else
            {
                // What lies between the two is equal to the pivot and in place.
                items = items[left..];
                count -= left;
            }
        }
    }

    private static double MedianOfThree(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));

    /// <summary>A prefix in the beam that stays (label -1) or is extended by a label.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Candidate(double Score, int Slot, int Label);
}
