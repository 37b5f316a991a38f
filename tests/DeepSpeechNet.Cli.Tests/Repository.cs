namespace DeepSpeechNet.Cli.Tests;

/// <summary>Where the repository lies, found from where the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "DeepSpeechNet.sln")))
                return at.FullName;
        }

        throw new InvalidOperationException($"There is no DeepSpeechNet.sln above {AppContext.BaseDirectory}.");
    }
}
