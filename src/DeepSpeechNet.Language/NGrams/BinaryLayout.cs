using System.Buffers.Binary;
using System.Numerics;
using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// Where everything lies in the binary form of an n-gram model. All of it follows from a small header, so that there is little
/// that could contradict itself; sections begin at multiples of 64 bytes; numbers are little-endian.
/// </summary>
/// <remarks>
/// Header: "DSNGRAM1" (8 bytes), order, bits of a value (32 or 8), number of tokens, bytes of the vocabulary (int32 each), length
/// of the whole (int64); then for each length from 2: number of n-grams, bits of a bucket's number, seed of the shuffle, 0 (int32
/// each). Sections: the vocabulary (see <see cref="Vocabulary.ToBytes"/>); the 1-grams, two floats each (log probability, log
/// back-off weight); then for each length: where each bucket of n-grams starts (2^bits + 1 uint32), the keys (uint32 each, eight more
/// as padding, so that eight can be compared at once), and the values: two floats each (the longest: one), or, in 8 bits, tables of
/// 256 floats for probabilities and (but for the longest) back-off weights, then a byte for each value.
/// </remarks>
internal sealed class BinaryLayout
{
    /// <summary>No bucket holds more, so that the time of a query is bounded.</summary>
    public const int LargestBucket = 64;

    /// <summary>Keys behind the last one, for reads of eight at once.</summary>
    public const int KeyPadding = 8;

    /// <summary>Entries of a table of 8-bit values.</summary>
    public const int BookSize = 256;

    private const int Alignment = 64, FixedBytes = 32, LevelBytes = 16, MostBucketBits = 30, KeptBits = 32;

    private BinaryLayout(int order, bool quantised, int tokens, int vocabularyBytes)
    {
        Order = order;
        Quantised = quantised;
        Tokens = tokens;
        VocabularyBytes = vocabularyBytes;
        Levels = new Level[order - 1];
    }

    /// <summary>The first bytes of the form.</summary>
    public static ReadOnlySpan<byte> Magic => "DSNGRAM1"u8;

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

    /// <summary>The layout of a model to be written.</summary>
    public static BinaryLayout For(NGramTables tables, int vocabularyBytes, bool quantised)
    {
        BinaryLayout layout = new(tables.Order, quantised, tables.Vocabulary.Count, vocabularyBytes);
        for (int k = 2; k <= tables.Order; k++)
        {
            int count = tables.Count(k);
            KeyMixer mixer = new(tables.Count(k - 1), layout.Tokens, 0);
            // Two and a half to five n-grams a bucket.
            int bits = Math.Max(0, BitOperations.Log2((uint)Math.Max(1, count / 5 * 2)));
            bits = Math.Min(Math.Max(bits, mixer.KeyBits - KeptBits), mixer.KeyBits);
            layout.Levels[k - 2] = new Level(count, bits, 0);
        }

        layout.Place();
        return layout;
    }

    /// <summary>Reads and checks a header; nothing behind it is looked at.</summary>
    /// <exception cref="ModelFormatException">It makes no sense or does not fit the length.</exception>
    public static BinaryLayout Read(ReadOnlySpan<byte> head, long length, string name)
    {
        if (head.Length < FixedBytes || !head.StartsWith(Magic)) throw new ModelFormatException(name, "the file", "is no n-gram model in the binary form of this program");
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
            int count = Integer(head, at), bucketBits = Integer(head, at + 4);
            int keyBits = new KeyMixer(parents, tokens, 0).KeyBits;
            if (count is < 0 or > int.MaxValue - KeyPadding) throw Damaged(name, $"number of {k}-grams", $"is {count}");
            if (bucketBits < Math.Max(0, keyBits - KeptBits) || bucketBits > Math.Min(keyBits, MostBucketBits))
                throw Damaged(name, $"the {k}-grams", $"have buckets numbered by {bucketBits} bits");
            layout.Levels[k - 2] = new Level(count, bucketBits, (uint)Integer(head, at + 8));
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
            BinaryPrimitives.WriteInt32LittleEndian(at[4..], Levels[k].BucketBits);
            BinaryPrimitives.WriteUInt32LittleEndian(at[8..], Levels[k].Seed);
        }
    }

    /// <summary>The most bytes that a header takes.</summary>
    public static int MostHeaderBytes => FixedBytes + (LevelBytes * (NGramModel.MaximumOrder - 1));

    private void Place()
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
                Starts = Take(ref at, 4 * ((1L << level.BucketBits) + 1)),
                Keys = Take(ref at, 4 * ((long)level.Count + KeyPadding)),
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
    /// <param name="BucketBits">Bits of a bucket's number.</param>
    /// <param name="Seed">Of the shuffle.</param>
    public readonly record struct Level(int Count, int BucketBits, uint Seed)
    {
        public long Starts { get; init; }

        public long Keys { get; init; }

        public long Books { get; init; }

        public long Values { get; init; }
    }
}
