using System.Buffers.Binary;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Where everything lies in the binary form of an n-gram model. All of it follows from a small header, so that there is little
/// that could contradict itself; sections begin at multiples of 64 bytes; numbers are little-endian.
/// </summary>
/// <remarks>
/// Header: "DSNGRAM2" (8 bytes), order, bits of a value (32 or 8), number of tokens, bytes of the vocabulary (int32 each), length
/// of the whole (int64); then for each length from 2: number of n-grams, of blocks and of keys in the overflow, seed of the shuffle (int32
/// each). Sections: the vocabulary (see <see cref="Vocabulary.ToBytes"/>); the 1-grams, two floats each (log probability, log
/// back-off weight); then for each length: a block of 64 bytes for each bucket of n-grams (uint32: the place of its first n-gram; their number in
/// the low 8 bits, and above them where the keys that find no room begin in the overflow; 14 keys), the overflow (uint32 each, sixteen
/// more as padding), and the values by place: two floats each (the longest: one), or, in 8 bits, tables of 256 floats for probabilities and (but
/// for the longest) back-off weights, then a byte for each value. A search touches one cache line for the key and one for the value.
/// </remarks>
internal sealed class BinaryLayout
{
    /// <summary>No bucket holds more, so that the time of a query is bounded.</summary>
    public const int LargestBucket = 60;

    /// <summary>Bytes of a block: a cache line.</summary>
    public const int BlockBytes = 64;

    /// <summary>Numbers in a block before its keys.</summary>
    public const int BlockHead = 2;

    /// <summary>Keys in a block.</summary>
    public const int BlockKeys = (BlockBytes / sizeof(uint)) - BlockHead;

    /// <summary>Keys behind the last one of the overflow, for reads of eight at once.</summary>
    public const int KeyPadding = 16;

    /// <summary>Entries of a table of 8-bit values.</summary>
    public const int BookSize = 256;

    private const int Alignment = 64, FixedBytes = 32, LevelBytes = 16, MeanKeys = 9, MostOverflow = 1 << 24;

    private BinaryLayout(int order, bool quantised, int tokens, int vocabularyBytes)
    {
        Order = order;
        Quantised = quantised;
        Tokens = tokens;
        VocabularyBytes = vocabularyBytes;
        Levels = new Level[order - 1];
    }

    /// <summary>The first bytes of the form.</summary>
    public static ReadOnlySpan<byte> Magic => "DSNGRAM2"u8;

    public int Order { get; }

    public bool Quantised { get; }

    public int Tokens { get; }

    public int VocabularyBytes { get; }

    public long Vocabulary { get; private set; }

    public long Unigrams { get; private set; }

    /// <summary>The n-grams of length i + 2 at i.</summary>
    public Level[] Levels { get; }

    /// <summary>Size of the whole.</summary>
    public long Length { get; private set; }

    /// <summary>The layout of a model to be written, but for the overflows: they, then <see cref="Place"/>, complete it.</summary>
    public static BinaryLayout For(NGramTables tables, int vocabularyBytes, bool quantised)
    {
        BinaryLayout layout = new(tables.Order, quantised, tables.Vocabulary.Count, vocabularyBytes);
        for (int k = 2; k <= tables.Order; k++)
        {
            int count = tables.Count(k);
            int blocks = checked((int)Math.Max((count + MeanKeys - 1L) / MeanKeys, KeyMixer.LeastBuckets(tables.Count(k - 1), layout.Tokens)));
            layout.Levels[k - 2] = new Level(count, Math.Max(blocks, 1), 0, 0);
        }

        return layout;
    }

    /// <summary>Reads and checks a header; nothing behind it is looked at.</summary>
    /// <exception cref="ModelFormatException">It makes no sense or does not fit the length.</exception>
    public static BinaryLayout Read(ReadOnlySpan<byte> head, long length, string name)
    {
        if (head.Length < FixedBytes || !head.StartsWith(Magic)) throw new ModelFormatException(name, "the file", "is no n-gram model in this version's binary form: build it again");
        int order = Integer(head, 8), bits = Integer(head, 12), tokens = Integer(head, 16), vocabularyBytes = Integer(head, 20);
        if (order is < 1 or > NGramModel.MaximumOrder) throw Damaged(name, "order", $"is {order}, where 1 to {NGramModel.MaximumOrder} is possible");
        if (bits is not (32 or 8)) throw Damaged(name, "bits of a value", $"are {bits}, where 32 or 8 is possible");
        if (tokens is < NGrams.Vocabulary.FirstWord or > NGrams.Vocabulary.MostTokens) throw Damaged(name, "number of tokens", $"is {tokens}");
        if (vocabularyBytes < 0) throw Damaged(name, "size of the vocabulary", "is negative");
        BinaryLayout layout = new(order, bits == 8, tokens, vocabularyBytes);
        if (head.Length < FixedBytes + (LevelBytes * (order - 1))) throw Damaged(name, "the header", "is cut off");
        int parents = tokens;
        for (int k = 2; k <= order; k++)
        {
            int at = FixedBytes + (LevelBytes * (k - 2));
            int count = Integer(head, at), blocks = Integer(head, at + 4), overflow = Integer(head, at + 8);
            if (count is < 0 or > int.MaxValue - KeyPadding) throw Damaged(name, $"number of {k}-grams", $"is {count}");
            if (blocks < KeyMixer.LeastBuckets(parents, tokens) || overflow < 0 || overflow > Math.Min(count, MostOverflow))
                throw Damaged(name, $"the {k}-grams", $"have {blocks} blocks and an overflow of {overflow}");
            layout.Levels[k - 2] = new Level(count, blocks, overflow, (uint)Integer(head, at + 12));
            parents = count;
        }

        layout.Place();
        if (layout.Length != length || BinaryPrimitives.ReadInt64LittleEndian(head[24..]) != length)
            throw Damaged(name, "the file", $"has {length} bytes, but its header describes {layout.Length}");
        return layout;
    }

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> head)
    {
        Magic.CopyTo(head);
        int[] values = [Order, Quantised ? 8 : 32, Tokens, VocabularyBytes];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(head[(8 + (4 * i))..], values[i]);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], Length);
        for (int k = 0; k < Levels.Length; k++)
        {
            Span<byte> at = head[(FixedBytes + (LevelBytes * k))..];
            BinaryPrimitives.WriteInt32LittleEndian(at, Levels[k].Count);
            BinaryPrimitives.WriteInt32LittleEndian(at[4..], Levels[k].Blocks);
            BinaryPrimitives.WriteInt32LittleEndian(at[8..], Levels[k].Overflow);
            BinaryPrimitives.WriteUInt32LittleEndian(at[12..], Levels[k].Seed);
        }
    }

    /// <summary>The most bytes that a header takes.</summary>
    public static int MostHeaderBytes => FixedBytes + (LevelBytes * (NGramModel.MaximumOrder - 1));

    /// <summary>Computes where the sections lie.</summary>
    public void Place()
    {
        long at = FixedBytes + (LevelBytes * (Order - 1L));
        Vocabulary = Take(ref at, VocabularyBytes);
        Unigrams = Take(ref at, 8L * Tokens);
        for (int k = 0; k < Levels.Length; k++)
        {
            Level level = Levels[k];
            bool longest = k == Levels.Length - 1;
            int width = (longest ? 1 : 2) * (Quantised ? 1 : 4);
            Levels[k] = level with
            {
                BlocksAt = Take(ref at, (long)BlockBytes * level.Blocks),
                OverflowAt = Take(ref at, sizeof(uint) * ((long)level.Overflow + KeyPadding)),
                Books = Take(ref at, Quantised ? (longest ? 1 : 2) * BookSize * sizeof(float) : 0),
                Values = Take(ref at, (long)width * level.Count),
            };
        }

        Length = at;
    }

    private static long Take(ref long at, long bytes)
    {
        long start = (at + Alignment - 1) / Alignment * Alignment;
        at = start + bytes;
        return start;
    }

    private static int Integer(ReadOnlySpan<byte> head, int at) => BinaryPrimitives.ReadInt32LittleEndian(head[at..]);

    private static ModelFormatException Damaged(string name, string field, string problem) =>
        new(name, field, $"{problem}: the n-gram model is damaged, copy it again");

    /// <summary>The n-grams of one length.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Blocks">Number of blocks.</param>
    /// <param name="Overflow">Keys that found no room in their blocks.</param>
    /// <param name="Seed">Of the shuffle.</param>
    public readonly record struct Level(int Count, int Blocks, int Overflow, uint Seed)
    {
        public long BlocksAt { get; init; }

        public long OverflowAt { get; init; }

        public long Books { get; init; }

        public long Values { get; init; }
    }
}
