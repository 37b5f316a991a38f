using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Tensors;
using DeepSpeechNet.Engine.Training;

namespace DeepSpeechNet.Engine.Operations;

/// <summary>
/// The vectors of words: y[r] = table[indices[r]], zeros where the index is negative (padding); Bengio et al. 2003, section 2.
/// Backward: dtable[w] = the sum of dy[r] over all rows r with indices[r] = w, in order; for a table that is trained by rows
/// (<see cref="Tensor.RowSparse"/>) of the words that occur alone.
/// </summary>
public static class Embedding
{
    /// <summary>Looks up.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="table">[V, F], one row a word.</param>
    /// <param name="indices">[T, B] (or any shape), int32: words, a negative number for padding.</param>
    /// <returns>[T, B, F]: the indices' shape with the features behind it.</returns>
    /// <exception cref="ArgumentException">The table is not a matrix of float32, or the indices are not integers.</exception>
    public static Tensor Apply(Tape tape, Tensor table, Tensor indices)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(indices);
        if (table.Shape.Rank != 2 || indices.Type != ElementType.Int32)
            throw new ArgumentException($"Embedding: it needs a table [words, features] and int32 indices, not {table} and {indices}.", nameof(table));
        Tensor y = tape.AllocateResult(indices.Shape.Append(table.Shape.Columns), table);
        tape.Device.GatherRows(table, indices, y);
        tape.Record(y, () => tape.GiveRows(table, new RowGradient(indices, tape.TakeGradient(y))));
        return y;
    }
}
