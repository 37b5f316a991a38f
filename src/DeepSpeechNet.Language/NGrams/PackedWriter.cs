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

            int[]? places = null;
            for (int k = 2; k <= tables.Order; k++)
            {
                int[] parents = places ?? Identity(layout.Tokens);
                places = Fill(data, ref layout.Levels[k - 2], tables.Levels[k - 2], parents, layout.Tokens);
                float[]? backoffs = k < tables.Order ? tables.Backoffs[k - 1] : null;
                WriteValues(data, layout.Levels[k - 2], tables.LogProbabilities[k - 1], backoffs, places, quantise);
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

    /// <summary>Sorts the n-grams of one length into buckets and gives the place of each.</summary>
    private static int[] Fill(byte* data, ref BinaryLayout.Level layout, NGramLevel level, int[] parentPlaces, int tokens)
    {
        int count = level.Count;
        int buckets = 1 << layout.BucketBits;
        uint* starts = (uint*)(data + layout.Starts), keys = (uint*)(data + layout.Keys);
        ulong[] mixed = new ulong[count];
        for (uint seed = 0; seed < MostSeeds; seed++)
        {
            KeyMixer mixer = new(parentPlaces.Length, tokens, seed);
            int kept = mixer.KeyBits - layout.BucketBits;
            new Span<uint>(starts, buckets + 1).Clear();
            uint largest = 0;
            for (int i = 0; i < count; i++)
            {
                mixed[i] = mixer.Mix(parentPlaces[level.Parents[i]], level.Words[i]);
                largest = Math.Max(largest, ++starts[(mixed[i] >> kept) + 1]);
            }

            if (largest > BinaryLayout.LargestBucket) continue;
            for (int b = 0; b < buckets; b++) starts[b + 1] += starts[b];
            uint[] next = new Span<uint>(starts, buckets).ToArray();
            int[] places = new int[count];
            for (int i = 0; i < count; i++)
            {
                uint place = next[mixed[i] >> kept]++;
                places[i] = (int)place;
                keys[place] = (uint)(mixed[i] & ((1UL << kept) - 1));
            }

            layout = layout with { Seed = seed };
            return places;
        }

        throw new InvalidOperationException("The n-grams could not be spread over buckets.");
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

    private static int[] Identity(int count)
    {
        int[] places = new int[count];
        for (int i = 0; i < count; i++) places[i] = i;
        return places;
    }
}
