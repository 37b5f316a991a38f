namespace DeepSpeechNet.Language.Correction;

/// <summary>Sums over all ways of cutting a pair of texts into copies and edits. Its table is kept between calls; not thread-safe.</summary>
internal sealed class ChannelLattice
{
    private readonly float[] _copy;
    private readonly Dictionary<int, float> _edits;
    private double[] _cells = [];

    public ChannelLattice(ChannelModel channel)
    {
        _copy = Array.ConvertAll(channel.Copy.ToArray(), MathF.Exp);
        _edits = new Dictionary<int, float>(channel.EditCount);
        foreach (EditUnit unit in channel.Units)
            _edits.Add((unit.Meant * ChannelLetters.SegmentCount) + unit.Seen, MathF.Exp(unit.LogProbability));
    }

    /// <summary>P(seen | meant); both enclosed in spaces.</summary>
    public double Sum(ReadOnlySpan<byte> meant, ReadOnlySpan<byte> seen)
    {
        int width = seen.Length + 1, cells = (meant.Length + 1) * width;
        if (_cells.Length < cells)
            _cells = new double[cells];
        Array.Clear(_cells, 0, cells);
        _cells[0] = 1;
        for (int i = 0; i < meant.Length; i++)
        {
            for (int j = 0; j < seen.Length; j++)
            {
                double here = _cells[(i * width) + j];
                if (here <= 0)
                    continue;
                if (meant[i] == seen[j])
                    _cells[((i + 1) * width) + j + 1] += here * _copy[meant[i]];
                for (int a = 1; a <= ChannelLetters.MaxLength && i + a <= meant.Length; a++)
                {
                    int row = ChannelLetters.Pack(meant.Slice(i, a)) * ChannelLetters.SegmentCount;
                    for (int b = 1; b <= ChannelLetters.MaxLength && j + b <= seen.Length; b++)
                    {
                        if (_edits.TryGetValue(row + ChannelLetters.Pack(seen.Slice(j, b)), out float probability))
                            _cells[((i + a) * width) + j + b] += here * probability;
                    }
                }
            }
        }

        return _cells[cells - 1];
    }
}
