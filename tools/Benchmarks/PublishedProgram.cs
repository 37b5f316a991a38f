using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DeepSpeechNet.Benchmarks;

/// <summary>The command <c>dsn</c> as users get it: published, compiled ahead of time where .NET can (ReadyToRun), started as a process of its own.</summary>
internal sealed class PublishedProgram
{
    private readonly string _program;

    private PublishedProgram(string program) => _program = program;

    /// <summary>The program that <c>--dsn PATH</c> names, or a fresh one from this repository's sources.</summary>
    public static PublishedProgram Find(string[] args, string repository)
    {
        int at = Array.IndexOf(args, "--dsn");
        if (at >= 0 && at + 1 < args.Length)
            return new PublishedProgram(args[at + 1]);
        string folder = Path.Combine(Path.GetTempPath(), "dsn-benchmark");
        Console.WriteLine($"# publishing to {folder}");
        ProcessStartInfo start = new("dotnet") { WorkingDirectory = repository, RedirectStandardOutput = true };
        foreach (string argument in (string[])["publish", "src/DeepSpeechNet.Cli", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false", "-p:PublishReadyToRun=true", "-o", folder])
            start.ArgumentList.Add(argument);
        using Process publish = Process.Start(start)!;
        string log = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        return publish.ExitCode == 0
            ? new PublishedProgram(Path.Combine(folder, OperatingSystem.IsWindows() ? "dsn.exe" : "dsn"))
            : throw new InvalidOperationException($"dotnet publish failed:\n{log}");
    }

    /// <summary>The folder of the solution, above the current one.</summary>
    public static string Repository()
    {
        for (DirectoryInfo? at = new(Directory.GetCurrentDirectory()); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "DeepSpeechNet.sln")))
                return at.FullName;
        }

        throw new InvalidOperationException("There is no DeepSpeechNet.sln in this folder or above it.");
    }

    /// <summary>Runs it once.</summary>
    /// <returns>Seconds to the first byte of output, seconds to its end, and the output.</returns>
    public (double First, double Whole, string Output) Run(params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(_program) { RedirectStandardOutput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        string? line = process.StandardOutput.ReadLine();
        double first = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        string output = line + "\n" + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double whole = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return process.ExitCode == 0
            ? (first, whole, output)
            : throw new InvalidOperationException($"dsn ended with exit code {process.ExitCode}.");
    }
}
