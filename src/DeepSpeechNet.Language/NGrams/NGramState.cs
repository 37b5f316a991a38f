using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Language.NGrams;

/// <summary>
/// What an <see cref="NGramModel"/> remembers of the words before: where its longest known ends lie in the model. Two states
/// are equal exactly if the model gives every continuation the same score after both because it knows the same ends of them.
/// </summary>
/// <remarks>A value of 40 bytes; it belongs to the model that gave it. The default value is <see cref="NGramModel.Empty"/>.</remarks>
public struct NGramState : IEquatable<NGramState>
{
    /// <summary>Number of the ends that are kept: contexts of 1 to this many words.</summary>
    internal int Length;

    /// <summary>The place of each end among the n-grams of its length; negative where the model lacks it.</summary>
    internal Places Nodes;

    /// <summary>How many words of the past the model can make use of: 0 to its order less one.</summary>
    public readonly int ContextLength => Length;

    /// <inheritdoc/>
    public readonly bool Equals(NGramState other) =>
        Length == other.Length && ((ReadOnlySpan<int>)Nodes)[..Length].SequenceEqual(((ReadOnlySpan<int>)other.Nodes)[..Length]);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is NGramState other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        foreach (int node in ((ReadOnlySpan<int>)Nodes)[..Length]) hash.Add(node);
        return hash.ToHashCode();
    }

    /// <summary>Whether two states are equal.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(NGramState left, NGramState right) => left.Equals(right);

    /// <summary>Whether two states differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(NGramState left, NGramState right) => !left.Equals(right);

    /// <summary>One place for each length of context.</summary>
    [InlineArray(NGramModel.MaximumOrder - 1)]
    internal struct Places
    {
        private int _first;
    }
}
