using System.Text;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>Writes a model as an ARPA file: base-10 logarithms, n-grams in the order of their words' numbers, back-off weights of 1 left out.</summary>
internal static class ArpaWriter
{
    private static readonly double PerLn = 1 / Math.Log(10);

    public static void Write(NGramTables tables, Stream stream)
    {
        Line(stream, "\\data\\");
        for (int k = 1; k <= tables.Order; k++) Line(stream, $"ngram {k}={tables.Count(k)}");
        int[]? ranks = null;
        byte[] buffer = new byte[64];
        Span<int> words = stackalloc int[NGramModel.MaximumOrder];
        for (int k = 1; k <= tables.Order; k++)
        {
            Line(stream, "");
            Line(stream, $"\\{k}-grams:");
            int[] order = Sorted(tables, k, ref ranks);
            foreach (int index in order)
            {
                Number(stream, tables.LogProbabilities[k - 1][index], buffer);
                tables.Words(k, index, words);
                for (int w = 0; w < k; w++)
                {
                    stream.WriteByte((byte)(w == 0 ? '\t' : ' '));
                    stream.Write(tables.Vocabulary.Utf8(words[w]));
                }

                if (k < tables.Order && tables.Backoffs[k - 1][index] != 0)
                {
                    stream.WriteByte((byte)'\t');
                    Number(stream, tables.Backoffs[k - 1][index], buffer);
                }

                stream.WriteByte((byte)'\n');
            }
        }

        Line(stream, "");
        Line(stream, "\\end\\");
    }

    /// <summary>The n-grams of a length in order, and the rank of each for the next length.</summary>
    private static int[] Sorted(NGramTables tables, int length, ref int[]? ranks)
    {
        int count = tables.Count(length);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        if (length == 1) return order;
        NGramLevel level = tables.Levels[length - 2];
        ulong[] keys = new ulong[count];
        for (int i = 0; i < count; i++)
            keys[i] = ((ulong)(uint)(ranks is null ? level.Parents[i] : ranks[level.Parents[i]]) << 32) | (uint)level.Words[i];
        Array.Sort(keys, order);
        ranks = new int[count];
        for (int i = 0; i < count; i++) ranks[order[i]] = i;
        return order;
    }

    private static void Number(Stream stream, float natural, byte[] buffer)
    {
        ((float)(natural * PerLn)).TryFormat(buffer, out int written);
        stream.Write(buffer, 0, written);
    }

    private static void Line(Stream stream, string text) => stream.Write(Encoding.ASCII.GetBytes(text + "\n"));
}
