namespace DeepSpeechNet.Cli;

/// <summary>A table in plain text: columns as wide as their widest cell, the first to the left, all others to the right.</summary>
internal sealed class TextTable
{
    private readonly List<string[]> _rows = [];

    public TextTable(params string[] titles) => _rows.Add(titles);

    /// <summary>Adds a row of as many cells as there are titles.</summary>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, _rows[0].Length);
        _rows.Add(cells);
    }

    /// <summary>Writes titles and rows, a line each.</summary>
    public void Write(TextWriter output)
    {
        int[] widths = new int[_rows[0].Length];
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], row[i].Length);
        }

        foreach (string[] row in _rows)
        {
            string line = row[0].PadRight(widths[0]);
            for (int i = 1; i < row.Length; i++)
                line += "  " + row[i].PadLeft(widths[i]);
            output.WriteLine(line.TrimEnd());
        }
    }
}
