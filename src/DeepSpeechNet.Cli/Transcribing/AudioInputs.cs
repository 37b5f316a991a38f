using System.IO.Enumeration;

namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>
/// The recordings that a command line means: files as they are, folders (what in them is named like audio, in the order of names), patterns with
/// <c>*</c>, <c>?</c> and <c>**</c> where the shell has not expanded them, and <c>-</c> for the standard input.
/// </summary>
internal sealed class AudioInputs
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".wav", ".wave", ".bwf", ".rf64", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".caf", ".w64",
    };

    private readonly List<AudioInput> _files = [];
    private readonly List<string> _missing = [];

    private AudioInputs()
    {
    }

    /// <summary>The recordings, in the order of the command line.</summary>
    public IReadOnlyList<AudioInput> Files => _files;

    /// <summary>A sentence for each name that stands for nothing.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Whether several recordings were asked for, even if fewer are there: output must then name them.</summary>
    public bool Several { get; private set; }

    /// <summary>Finds the recordings.</summary>
    /// <exception cref="UsageException">A folder holds no audio, or the standard input is named twice.</exception>
    public static AudioInputs Find(IReadOnlyList<string> paths, bool recursive)
    {
        AudioInputs inputs = new() { Several = paths.Count > 1 };
        foreach (string path in paths)
            inputs.Add(path, recursive);
        return inputs;
    }

    private void Add(string path, bool recursive)
    {
        if (path == AudioInput.StandardInput)
        {
            if (_files.Exists(f => f.IsStandardInput))
                throw new UsageException("'-', the standard input, can be read only once.");
            _files.Add(new AudioInput(path, "stdin"));
        }
        else if (Directory.Exists(path))
        {
            Several = true;
            AddFolder(path, recursive);
        }
        else if (File.Exists(path))
        {
            _files.Add(new AudioInput(path, Path.GetFileName(path)));
        }
        else if (path.AsSpan().ContainsAny('*', '?'))
        {
            Several = true;
            AddPattern(path);
        }
        else
        {
            _missing.Add($"{path}: there is no such file.");
        }
    }

    private void AddFolder(string folder, bool recursive)
    {
        int before = _files.Count;
        foreach (string relative in Search(folder, recursive, IsNamedLikeAudio))
            _files.Add(new AudioInput(Path.Combine(folder, relative), relative));
        if (_files.Count > before)
            return;
        bool below = !recursive && Search(folder, recursive: true, IsNamedLikeAudio).Count > 0;
        throw new UsageException(below
            ? $"The folder {folder} itself holds no audio, but folders in it do: add --recursive."
            : $"The folder {folder} holds no audio (no file that ends in {string.Join(", ", Extensions)}); name a file to try it whatever its name.");
    }

    private void AddPattern(string pattern)
    {
        string[] parts = pattern.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        int literal = Array.FindIndex(parts, p => p.AsSpan().ContainsAny('*', '?'));
        string folder = literal == 0 ? "" : string.Join(Path.DirectorySeparatorChar, parts[..literal]) + Path.DirectorySeparatorChar;
        string[] rest = parts[literal..];
        bool anyName = Path.HasExtension(rest[^1]);
        string start = folder.Length == 0 ? "." : folder;
        int before = _files.Count;
        if (Directory.Exists(start))
        {
            foreach (string relative in Search(start, recursive: rest.Length > 1, name => anyName || IsNamedLikeAudio(name)))
            {
                if (Matches(relative.Split(Path.DirectorySeparatorChar), rest))
                    _files.Add(new AudioInput(folder + relative, relative));
            }
        }

        if (_files.Count == before)
            _missing.Add($"{pattern}: no file matches.");
    }

    /// <summary>The files of a folder, relative to it and in the order of their names; what may not be looked into and what is hidden is passed over.</summary>
    private static List<string> Search(string folder, bool recursive, Func<string, bool> wanted)
    {
        List<string> found = [];
        EnumerationOptions options = new() { RecurseSubdirectories = recursive, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        foreach (string file in Directory.EnumerateFiles(folder, "*", options))
        {
            if (wanted(Path.GetFileName(file)))
                found.Add(Path.GetRelativePath(folder, file));
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static bool Matches(ReadOnlySpan<string> path, ReadOnlySpan<string> pattern)
    {
        if (pattern.IsEmpty)
            return path.IsEmpty;
        if (pattern[0] == "**")
            return Matches(path, pattern[1..]) || (!path.IsEmpty && Matches(path[1..], pattern));
        return !path.IsEmpty && FileSystemName.MatchesSimpleExpression(pattern[0], path[0], ignoreCase: OperatingSystem.IsWindows()) && Matches(path[1..], pattern[1..]);
    }

    private static bool IsNamedLikeAudio(string name) => Extensions.Contains(Path.GetExtension(name));
}
