using System.Runtime.CompilerServices;

namespace DeepSpeechNet.Engine.Tensors;

/// <summary>
/// The extents of a tensor, outermost first: sequence batches are <c>[time, batch, feature]</c>, weights <c>[out, in]</c>.
/// At most <see cref="MaxRank"/> of them; a value type, so that shapes cost nothing to make.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most extents a shape has.</summary>
    public const int MaxRank = 5;

    private readonly Extents _extents;

    /// <summary>A shape of the given extents.</summary>
    /// <exception cref="ArgumentException">There are none or more than <see cref="MaxRank"/>, or one is negative.</exception>
    public Shape(params ReadOnlySpan<int> extents)
    {
        if (extents.Length is 0 or > MaxRank)
            throw new ArgumentException($"A shape has 1 to {MaxRank} extents, not {extents.Length}.", nameof(extents));
        Rank = extents.Length;
        long count = 1;
        for (int i = 0; i < extents.Length; i++)
        {
            if (extents[i] < 0)
                throw new ArgumentException($"Extent {i} of a shape is negative: {extents[i]}.", nameof(extents));
            _extents[i] = extents[i];
            count = checked(count * extents[i]);
        }

        Count = count;
    }

    /// <summary>How many extents there are.</summary>
    public int Rank { get; }

    /// <summary>How many elements: the product of the extents.</summary>
    public long Count { get; }

    /// <summary>The last extent: the features of a sequence batch, the columns of a matrix.</summary>
    public int Columns => _extents[Rank - 1];

    /// <summary>The product of all extents but the last: <c>time * batch</c> of a sequence batch, the rows of a matrix.</summary>
    public int Rows
    {
        get
        {
            int rows = 1;
            for (int i = 0; i < Rank - 1; i++)
                rows = checked(rows * _extents[i]);
            return rows;
        }
    }

    /// <summary>Extent number <paramref name="index"/>, outermost first.</summary>
    public int this[int index] =>
        (uint)index < (uint)Rank ? _extents[index] : throw new ArgumentOutOfRangeException(nameof(index), index, $"The shape {this} has {Rank} extents.");

    /// <summary>The same shape with another last extent.</summary>
    public Shape WithColumns(int columns)
    {
        Span<int> extents = stackalloc int[Rank];
        for (int i = 0; i < Rank; i++)
            extents[i] = _extents[i];
        extents[^1] = columns;
        return new Shape(extents);
    }

    /// <summary>The same shape with one more extent behind the last.</summary>
    /// <exception cref="ArgumentException">It would have more than <see cref="MaxRank"/>.</exception>
    public Shape Append(int extent)
    {
        Span<int> extents = stackalloc int[Rank + 1];
        for (int i = 0; i < Rank; i++)
            extents[i] = _extents[i];
        extents[^1] = extent;
        return new Shape(extents);
    }

    /// <summary>Whether both shapes have the same extents.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether the shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Shape other)
    {
        if (Rank != other.Rank)
            return false;
        for (int i = 0; i < Rank; i++)
        {
            if (_extents[i] != other._extents[i])
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        for (int i = 0; i < Rank; i++)
            hash.Add(_extents[i]);
        return hash.ToHashCode();
    }

    /// <summary>The shape as <c>[500, 16, 1024]</c>.</summary>
    public override string ToString()
    {
        string[] parts = new string[Rank];
        for (int i = 0; i < Rank; i++)
            parts[i] = _extents[i].ToString();
        return $"[{string.Join(", ", parts)}]";
    }

    [InlineArray(MaxRank)]
    private struct Extents
    {
        private int _first;
    }
}
