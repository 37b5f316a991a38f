using DeepSpeechNet.Speech;

namespace DeepSpeechNet.Cli.Commands;

/// <summary>Finds the model that a command line means.</summary>
internal static class ModelArguments
{
    /// <summary>The folder of packages in the current folder or above it, or beside the program.</summary>
    public static string Folder
    {
        get
        {
            foreach (string start in (string[])[Directory.GetCurrentDirectory(), AppContext.BaseDirectory])
            {
                for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
                {
                    string models = Path.Combine(at.FullName, "models");
                    if (File.Exists(Path.Combine(models, DefaultName, ModelPackage.FileName)))
                        return Path.GetRelativePath(Directory.GetCurrentDirectory(), models);
                }
            }

            return "models";
        }
    }

    /// <summary>The package that an option means: a path, the name of one that is shipped where nothing lies at that path, or the default.</summary>
    public static string Package(string? asked)
    {
        if (asked is null)
            return Path.Combine(Folder, DefaultName);
        bool isName = Path.GetFileName(asked) == asked && !Path.Exists(asked);
        return isName && File.Exists(Path.Combine(Folder, asked, ModelPackage.FileName)) ? Path.Combine(Folder, asked) : asked;
    }

    private const string DefaultName = "english";
}
