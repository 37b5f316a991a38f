namespace DeepSpeechNet.Language.Decoding.HotWords;

/// <summary>
/// A file of hot words that may change while it is in use: <see cref="Current"/> looks at its time and length and reads it again if
/// they changed. A new file that cannot be used leaves the old list in force and is told of once. Safe for several threads at once.
/// </summary>
public sealed class HotWordFile : IHotWords
{
    private readonly Alphabet _alphabet;
    private readonly Action<string> _warn;
    private readonly Lock _lock = new();
    private (DateTime Time, long Length) _stamp;
    private HotWordList _list;

    /// <summary>Reads the file for the first time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="alphabet">The alphabet of the network.</param>
    /// <param name="warn">Is told, in one sentence, of a new file that cannot be used.</param>
    /// <exception cref="HotWordException">The file holds no list of hot words.</exception>
    public HotWordFile(string path, Alphabet alphabet, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        ArgumentNullException.ThrowIfNull(warn);
        Path = path;
        _alphabet = alphabet;
        _warn = warn;
        _stamp = Stamp();
        _list = HotWordList.Load(path, alphabet);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The list in force for an utterance that begins now.</summary>
    public HotWordList Current
    {
        get
        {
            lock (_lock)
            {
                (DateTime, long) stamp = Stamp();
                if (stamp == _stamp) return _list;
                _stamp = stamp;
                try
                {
                    _list = HotWordList.Load(Path, _alphabet);
                }
                catch (HotWordException e)
                {
                    _warn($"{e.Message} The hot words before it stay in force.");
                }

                return _list;
            }
        }
    }

    private (DateTime Time, long Length) Stamp()
    {
        FileInfo file = new(Path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
