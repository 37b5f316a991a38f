using System.Xml.Linq;

namespace DeepSpeechNet.Cli.Tests;

/// <summary>The layers of the house: a project may refer to those below it, never to one beside or above it.</summary>
public sealed class ProjectDependenciesTests
{
    /// <summary>What each source project may refer to. A new project is added here with its place.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["DeepSpeechNet.Engine"] = [],
        ["DeepSpeechNet.Engine.Ilgpu"] = ["DeepSpeechNet.Engine"],
        ["DeepSpeechNet.Audio"] = [],
        ["DeepSpeechNet.Audio.FftSharp"] = ["DeepSpeechNet.Audio"],
        ["DeepSpeechNet.Audio.NAudio"] = ["DeepSpeechNet.Audio"],
        ["DeepSpeechNet.Language"] = ["DeepSpeechNet.Engine"],
        ["DeepSpeechNet.Speech"] = ["DeepSpeechNet.Engine", "DeepSpeechNet.Audio", "DeepSpeechNet.Language"],
        ["DeepSpeechNet.Extensions.AI"] = ["DeepSpeechNet.Engine", "DeepSpeechNet.Audio", "DeepSpeechNet.Language", "DeepSpeechNet.Speech"],
        ["DeepSpeechNet.Server"] = ["DeepSpeechNet.Engine", "DeepSpeechNet.Audio", "DeepSpeechNet.Language", "DeepSpeechNet.Speech"],
        ["DeepSpeechNet.Cli"] = ["DeepSpeechNet.Engine", "DeepSpeechNet.Engine.Ilgpu", "DeepSpeechNet.Audio", "DeepSpeechNet.Audio.FftSharp", "DeepSpeechNet.Audio.NAudio", "DeepSpeechNet.Language", "DeepSpeechNet.Speech", "DeepSpeechNet.Server"],
    };

    [Fact]
    public void No_source_project_refers_upwards()
    {
        string[] projects = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), projects.Select(Name).Order(StringComparer.Ordinal));
        foreach (string project in projects)
        {
            string[] beyond = [.. References(project).Except(Allowed[Name(project)])];
            Assert.True(beyond.Length == 0, $"{Name(project)} refers to {string.Join(", ", beyond)}, which is not below it.");
        }
    }

    [Fact]
    public void No_source_project_refers_to_tests_or_tools()
    {
        foreach (string project in Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            foreach (XElement reference in XDocument.Load(project).Descendants("ProjectReference"))
                Assert.StartsWith("../DeepSpeechNet.", reference.Attribute("Include")!.Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_source_project_has_a_test_project()
    {
        foreach (string project in Allowed.Keys)
            Assert.True(File.Exists(Path.Combine(Repository.Root, "tests", $"{project}.Tests", $"{project}.Tests.csproj")), $"{project} has no test project.");
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));

    private static string Name(string project) => Path.GetFileNameWithoutExtension(project);
}
