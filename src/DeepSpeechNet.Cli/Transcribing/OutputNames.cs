namespace DeepSpeechNet.Cli.Transcribing;

/// <summary>
/// Names of the files in an output folder: that of the recording with the format's extension in place of its own; where two recordings would share it, with
/// the extension behind the whole name; where they still do, numbered in the order of the recordings.
/// </summary>
internal static class OutputNames
{
    /// <summary>The full path of each recording's file. No recording is ever overwritten.</summary>
    public static string[] Choose(IReadOnlyList<AudioInput> inputs, string folder, string extension)
    {
        string root = Path.GetFullPath(folder);
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        foreach (AudioInput input in inputs)
        {
            if (!input.IsStandardInput)
                taken.Add(Path.GetFullPath(input.Path));
        }

        Dictionary<string, int> wishes = new(StringComparer.OrdinalIgnoreCase);
        foreach (AudioInput input in inputs)
        {
            string wish = Short(input, root, extension);
            wishes[wish] = wishes.GetValueOrDefault(wish) + 1;
        }

        string[] names = new string[inputs.Count];
        for (int i = 0; i < names.Length; i++)
        {
            string name = Short(inputs[i], root, extension);
            if (wishes[name] > 1 || taken.Contains(name))
                name = Path.Combine(root, inputs[i].Relative + extension);
            string stem = name[..^extension.Length];
            for (int number = 2; !taken.Add(name); number++)
                name = $"{stem}-{number}{extension}";
            names[i] = name;
        }

        return names;
    }

    private static string Short(AudioInput input, string root, string extension) => Path.Combine(root, Path.ChangeExtension(input.Relative, extension));
}
