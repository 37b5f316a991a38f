namespace DeepSpeechNet.Language.NGrams;

/// <summary>Turns open tables into the binary form (see <see cref="BinaryLayout"/>).</summary>
internal static unsafe class PackedWriter
{
    private const int MostSeeds = 32;

    /// <summary>The binary form of a model in memory of its own.</summary>
    /// <param name="tables">The model.</param>
    /// <param name="quantise">Whether the values of n-grams from length 2 become bytes.</param>
    public static ModelMemory Write(NGramTables tables, bool quantise)
    {
        byte[] vocabulary = tables.Vocabulary.ToBytes();
        BinaryLayout layout = BinaryLayout.For(tables, vocabulary.Length, quantise);
        // Where each n-gram goes, and in what order blocks hold them, decides how much overflows and with it where everything lies.
        ulong[][] keys = new ulong[layout.Levels.Length][];
        int[][] places = new int[layout.Levels.Length][];
        for (int k = 0; k < layout.Levels.Length; k++)
            (keys[k], places[k]) = Spread(ref layout.Levels[k], tables.Levels[k], k == 0 ? null : places[k - 1], tables.Count(k + 1), layout.Tokens);
        layout.Place();
        ModelMemory memory = ModelMemory.Allocate(layout.Length);
        try
        {
            byte* data = memory.Pointer;
            vocabulary.CopyTo(new Span<byte>(data + layout.Vocabulary, vocabulary.Length));
            float* unigrams = (float*)(data + layout.Unigrams);
            for (int w = 0; w < layout.Tokens; w++)
            {
                unigrams[2 * w] = tables.LogProbabilities[0][w];
                unigrams[(2 * w) + 1] = tables.Order > 1 ? tables.Backoffs[0][w] : 0;
            }

            for (int k = 2; k <= tables.Order; k++)
            {
                KeyMixer mixer = new(tables.Count(k - 1), layout.Tokens, layout.Levels[k - 2].Blocks, layout.Levels[k - 2].Seed);
                WriteKeys(data, layout.Levels[k - 2], mixer, keys[k - 2], places[k - 2]);
                float[]? backoffs = k < tables.Order ? tables.Backoffs[k - 1] : null;
                WriteValues(data, layout.Levels[k - 2], tables.LogProbabilities[k - 1], backoffs, places[k - 2], quantise);
            }

            layout.Write(new Span<byte>(data, (int)Math.Min(memory.Length, BinaryLayout.MostHeaderBytes)));
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Shuffles the keys of one length, sorts them into buckets and gives the place of each.</summary>
    private static (ulong[] Keys, int[] Places) Spread(ref BinaryLayout.Level layout, NGramLevel level, int[]? parentPlaces, int parents, int tokens)
    {
        int count = level.Count;
        ulong[] keys = new ulong[count];
        int[] next = new int[layout.Blocks];
        for (uint seed = 0; seed < MostSeeds; seed++)
        {
            KeyMixer mixer = new(parents, tokens, layout.Blocks, seed);
            Array.Clear(next);
            int largest = 0;
            for (int i = 0; i < count; i++)
            {
                int parent = level.Parents[i];
                keys[i] = mixer.Mix(parentPlaces is null ? parent : parentPlaces[parent], level.Words[i]);
                largest = Math.Max(largest, ++next[mixer.Bucket(keys[i])]);
            }

            if (largest > BinaryLayout.LargestBucket) continue;
            int place = 0, overflow = 0;
            for (int b = 0; b < next.Length; b++)
            {
                overflow += Math.Max(0, next[b] - BinaryLayout.BlockKeys);
                (next[b], place) = (place, place + next[b]);
            }

            int[] places = new int[count];
            for (int i = 0; i < count; i++) places[i] = next[mixer.Bucket(keys[i])]++;
            layout = layout with { Seed = seed, Overflow = overflow };
            return (keys, places);
        }

        throw new InvalidOperationException("The n-grams could not be spread over buckets.");
    }

    private static void WriteKeys(byte* data, in BinaryLayout.Level layout, in KeyMixer mixer, ulong[] keys, int[] places)
    {
        const int Words = BinaryLayout.BlockBytes / sizeof(uint);
        uint* blocks = (uint*)(data + layout.BlocksAt), overflow = (uint*)(data + layout.OverflowAt);
        foreach (ulong key in keys) blocks[mixer.Bucket(key) * Words + 1]++;
        uint place = 0, spilt = 0;
        for (long b = 0; b < layout.Blocks; b++)
        {
            uint* block = blocks + (b * Words);
            uint count = block[1];
            block[0] = place;
            block[1] = count | (spilt << 8);
            place += count;
            if (count > BinaryLayout.BlockKeys) spilt += count - BinaryLayout.BlockKeys;
        }

        for (int i = 0; i < keys.Length; i++)
        {
            uint* block = blocks + (mixer.Bucket(keys[i]) * Words);
            uint lane = (uint)places[i] - block[0];
            if (lane < BinaryLayout.BlockKeys) block[BinaryLayout.BlockHead + lane] = (uint)keys[i];
            else overflow[(block[1] >> 8) + lane - BinaryLayout.BlockKeys] = (uint)keys[i];
        }
    }

    private static void WriteValues(byte* data, in BinaryLayout.Level layout, float[] probabilities, float[]? backoffs, int[] places, bool quantise)
    {
        byte* bytes = data + layout.Values;
        float* floats = (float*)bytes;
        int width = backoffs is null ? 1 : 2;
        if (quantise)
        {
            float* books = (float*)(data + layout.Books);
            ValueBook probabilityBook = ValueBook.Of(probabilities.AsSpan(0, layout.Count));
            probabilityBook.Values.CopyTo(new Span<float>(books, BinaryLayout.BookSize));
            for (int i = 0; i < layout.Count; i++) bytes[(long)width * places[i]] = probabilityBook.Nearest(probabilities[i]);
            if (backoffs is null) return;
            ValueBook backoffBook = ValueBook.Of(backoffs.AsSpan(0, layout.Count));
            backoffBook.Values.CopyTo(new Span<float>(books + BinaryLayout.BookSize, BinaryLayout.BookSize));
            for (int i = 0; i < layout.Count; i++) bytes[((long)width * places[i]) + 1] = backoffBook.Nearest(backoffs[i]);
            return;
        }

        for (int i = 0; i < layout.Count; i++)
        {
            floats[(long)width * places[i]] = probabilities[i];
            if (backoffs is not null) floats[((long)width * places[i]) + 1] = backoffs[i];
        }
    }
}
