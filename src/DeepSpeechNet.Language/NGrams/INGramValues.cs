using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>How the values of n-grams from length 2 are read; one type for each width, so that a query chooses once.</summary>
internal interface INGramValues
{
    /// <summary>Log probability of an n-gram that may be a context.</summary>
    static abstract float Probability(in PackedLevel level, int node);

    /// <summary>Log back-off weight of such an n-gram.</summary>
    static abstract float Backoff(in PackedLevel level, int node);

    /// <summary>Log probability of one of the longest n-grams.</summary>
    static abstract float LastProbability(in PackedLevel level, int node);
}

/// <summary>Values in floats.</summary>
internal readonly unsafe struct FloatValues : INGramValues
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Probability(in PackedLevel level, int node) => ((float*)level.Values)[2L * node];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Backoff(in PackedLevel level, int node) => ((float*)level.Values)[(2L * node) + 1];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LastProbability(in PackedLevel level, int node) => ((float*)level.Values)[node];
}

/// <summary>Values in bytes, which number the entries of tables.</summary>
internal readonly unsafe struct ByteValues : INGramValues
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Probability(in PackedLevel level, int node) => level.Books[level.Values[2L * node]];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Backoff(in PackedLevel level, int node) => level.Books[BinaryLayout.BookSize + level.Values[(2L * node) + 1]];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LastProbability(in PackedLevel level, int node) => level.Books[level.Values[node]];
}
