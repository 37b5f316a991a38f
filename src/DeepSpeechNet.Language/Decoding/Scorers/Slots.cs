namespace DeepSpeechNet.Language.Decoding.Scorers;

/// <summary>Values under integer handles that are used again. Allocates only when there are more values than ever before.</summary>
internal sealed class Slots<T>
    where T : struct
{
    private T[] _values = new T[256];
    private int[] _free = new int[256];
    private int _freeCount;
    private int _used;

    /// <summary>The values in use.</summary>
    public int Count => _used - _freeCount;

    /// <summary>The value under a handle; the reference is valid until the next <see cref="Take"/>.</summary>
    public ref T this[int handle] => ref _values[handle];

    /// <summary>Keeps a value under a free handle.</summary>
    public int Take(in T value)
    {
        int handle;
        if (_freeCount > 0)
        {
            handle = _free[--_freeCount];
        }
        else
        {
            if (_used == _values.Length)
            {
                Array.Resize(ref _values, 2 * _used);
                Array.Resize(ref _free, 2 * _used);
            }

            handle = _used++;
        }

        _values[handle] = value;
        return handle;
    }

    /// <summary>Frees a handle.</summary>
    public void Release(int handle) => _free[_freeCount++] = handle;

    /// <summary>Frees all handles.</summary>
    public void Clear()
    {
        _used = 0;
        _freeCount = 0;
    }
}
