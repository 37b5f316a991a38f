namespace DeepSpeechNet.Language.NGrams;

/// <summary>An array that grows as its entries are set, by half each time.</summary>
internal sealed class GrowingArray<T>
{
    public GrowingArray(int capacity) => Values = new T[Math.Max(capacity, 16)];

    /// <summary>The entries and room behind them.</summary>
    public T[] Values { get; private set; }

    /// <summary>Sets an entry, wherever it is.</summary>
    public void Set(int index, T value)
    {
        Reserve(index + 1);
        Values[index] = value;
    }

    /// <summary>Makes room for so many entries.</summary>
    public void Reserve(int count)
    {
        if (count <= Values.Length) return;
        T[] values = Values;
        Array.Resize(ref values, (int)Math.Min(Array.MaxLength, Math.Max(count, values.Length + (values.Length / 2L))));
        Values = values;
    }
}
