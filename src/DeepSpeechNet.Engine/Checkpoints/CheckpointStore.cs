using System.Globalization;
using System.Text.Json;

namespace DeepSpeechNet.Engine.Checkpoints;

/// <summary>
/// A folder with the newest checkpoints of one training run, <c>checkpoint-000001.safetensors</c> and so on. Each is saved
/// atomically, and the one before it stays until the next is complete, so that a kill at any moment leaves a valid one.
/// </summary>
/// <remarks>One process saves to a folder at a time; any number may load. Not thread-safe.</remarks>
public sealed class CheckpointStore
{
    private const string Prefix = "checkpoint-", Suffix = ".safetensors", StateKey = "checkpoint.state";
    private readonly IFileLayer _files;
    private readonly int _keep;
    private bool _cleared;

    /// <summary>Opens a store; the folder is created at the first save.</summary>
    /// <param name="folder">Folder of the checkpoints.</param>
    /// <param name="keep">How many checkpoints stay, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is under 2.</exception>
    public CheckpointStore(string folder, int keep = 2) : this(folder, keep, DiskFileLayer.Instance)
    {
    }

    internal CheckpointStore(string folder, int keep, IFileLayer files)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 2);
        Folder = Path.GetFullPath(folder);
        _keep = keep;
        _files = files;
    }

    /// <summary>Folder of the checkpoints.</summary>
    public string Folder { get; }

    /// <summary>Files of the checkpoints in the folder, newest first, valid or not.</summary>
    public IReadOnlyList<string> Files => [.. List().Select(found => found.Path)];

    /// <summary>Saves a checkpoint and then removes those that are too many.</summary>
    /// <param name="tensors">Weights, moments and other arrays; the store adds the state to its metadata.</param>
    /// <param name="state">All other state, as JSON.</param>
    /// <returns>The new file.</returns>
    /// <exception cref="FileSaveException">It could not be saved; the earlier checkpoints are unchanged.</exception>
    public string Save(TensorFileWriter tensors, string state)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        tensors.SetMetadata(StateKey, state);
        Directory.CreateDirectory(Folder);
        if (!_cleared) AtomicFile.RemoveLeftovers(Path.Combine(Folder, $"{Prefix}*{Suffix}"));
        _cleared = true;

        List<(long Number, string Path)> before = List();
        long number = before.Count == 0 ? 1 : before[0].Number + 1;
        string path = Path.Combine(Folder, $"{Prefix}{number:D6}{Suffix}");
        tensors.Save(path, _files);
        for (int i = _keep - 1; i < before.Count; i++)
        {
            try
            {
                _files.Delete(before[i].Path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // An old checkpoint too many does no harm; the next save tries again.
            }
        }
        return path;
    }

    /// <summary>Opens the newest valid checkpoint.</summary>
    /// <param name="warn">Gets one sentence for each newer checkpoint that is damaged.</param>
    /// <returns>The checkpoint, or null if the folder has none.</returns>
    /// <exception cref="ModelFormatException">There are checkpoints, but none is valid; the message is that of the newest.</exception>
    public Checkpoint? LoadNewest(Action<string>? warn = null)
    {
        // A saver may replace all files between listing and opening; it cannot do so again and again.
        for (int attempt = 0; ; attempt++)
        {
            bool vanished = false;
            Checkpoint? found = LoadListed(warn, ref vanished);
            if (found is not null || !vanished || attempt == 10) return found;
        }
    }

    private Checkpoint? LoadListed(Action<string>? warn, ref bool vanished)
    {
        ModelFormatException? first = null;
        foreach ((long number, string path) in List())
        {
            try
            {
                return Load(path, number);
            }
            catch (ModelFormatException e)
            {
                first ??= e;
                warn?.Invoke($"{e.Message} Trying the checkpoint before it.");
            }
            catch (FileNotFoundException)
            {
                vanished = true;
            }
        }
        return first is null || vanished ? null : throw first;
    }

    private static Checkpoint Load(string path, long number)
    {
        TensorFile tensors = TensorFile.Read(path);
        try
        {
            if (!tensors.Metadata.TryGetValue(StateKey, out string? state))
                throw new ModelFormatException(path, $"metadata '{StateKey}'", "is missing: this is a model, not a checkpoint");
            using (JsonDocument.Parse(state))
            {
            }
            return new Checkpoint(path, number, tensors, state);
        }
        catch (JsonException e)
        {
            tensors.Dispose();
            throw new ModelFormatException(path, $"metadata '{StateKey}'", "is not valid JSON", e);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    /// <summary>Checkpoints by number, newest first.</summary>
    private List<(long Number, string Path)> List()
    {
        var found = new List<(long Number, string Path)>();
        if (!Directory.Exists(Folder)) return found;
        foreach (string path in Directory.EnumerateFiles(Folder, $"{Prefix}*{Suffix}"))
        {
            ReadOnlySpan<char> digits = Path.GetFileName(path.AsSpan())[Prefix.Length..^Suffix.Length];
            if (digits.Length >= 6 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) found.Add((number, path));
        }
        found.Sort((a, b) => b.Number.CompareTo(a.Number));
        return found;
    }
}
