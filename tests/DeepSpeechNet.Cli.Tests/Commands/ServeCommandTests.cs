using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DeepSpeechNet.Cli.Tests.Commands;

public sealed class ServeCommandTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public ServeCommandTests() => ToneSpeech.SaveModel(_dsn["model"]);

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task What_makes_no_sense_is_wrong_usage()
    {
        File.WriteAllText(_dsn["keys"], "# nothing\n");
        (await RunAsync("--address", "everywhere")).Expect(2, "", "dsn: --address is everywhere; it must be an address such as 127.0.0.1 or 0.0.0.0.\n");
        (await RunAsync("--port", "70000")).Expect(2, "", "dsn: Port is 70000; it must be 0 to 65535.\n");
        (await RunAsync("--idle", "0")).Expect(2, "", "dsn: --idle is 0; it must be 0.1 to 86400 seconds.\n");
        (await RunAsync("--api-keys", "@/keys")).Expect(2, "", "dsn: @/keys holds no keys; write one a line.\n");
        (await RunAsync("--otlp", "collector")).Expect(2, "", "dsn: --otlp is collector; it must be the address of a collector, such as http://127.0.0.1:4318.\n");
        (await RunAsync("--certificate-key", "@/key")).Expect(2, "", "dsn: --certificate-key goes with --certificate.\n");
    }

    [Fact]
    public async Task A_certificate_that_is_not_there_is_a_failure() =>
        (await RunAsync("--certificate", "@/none.pfx")).Expect(1, "", "dsn: There is no certificate at @/none.pfx.\n");

    [Fact]
    public async Task Other_commands_do_not_load_the_web_server()
    {
        // The program without the shared framework of the web server: it would fail at the first of its types.
        string program = typeof(DsnCommand).Assembly.Location, settings = _dsn["runtimeconfig.json"];
        JsonNode runtime = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(program, ".runtimeconfig.json")))!;
        JsonArray frameworks = runtime["runtimeOptions"]!["frameworks"]!.AsArray();
        frameworks.Remove(frameworks.Single(f => f!["name"]!.GetValue<string>() == "Microsoft.AspNetCore.App"));
        File.WriteAllText(settings, runtime.ToJsonString());
        ToneSpeech.SaveWav(_dsn["speech.wav"], "bad cab");
        (int exit, string output) = await ProcessAsync("exec", "--runtimeconfig", settings, program, "models", Path.Combine(Repository.Root, "models"));
        Assert.Equal(0, exit);
        Assert.Contains("commands", output, StringComparison.Ordinal);
        (exit, output) = await ProcessAsync("exec", "--runtimeconfig", settings, program, "transcribe", "--model", _dsn["model"], _dsn["speech.wav"]);
        Assert.Equal((0, "bad cab\n"), (exit, output));
        Assert.NotEqual(0, (await ProcessAsync("exec", "--runtimeconfig", settings, program, "serve", "--model", _dsn["model"], "--port", "0")).Exit);
    }

    [Fact]
    public async Task A_signal_stops_the_server_and_that_is_success()
    {
        if (!OperatingSystem.IsLinux())
            return;
        ProcessStartInfo start = new("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])[typeof(DsnCommand).Assembly.Location, "serve", "--model", _dsn["model"], "--port", "0", "--log", "json"])
            start.ArgumentList.Add(argument);
        using Process server = Process.Start(start)!;
        try
        {
            string line = await server.StandardError.ReadLineAsync() ?? "";
            Assert.StartsWith("model at http://127.0.0.1:", line, StringComparison.Ordinal);
            using HttpClient http = new() { BaseAddress = new Uri(line["model at ".Length..]) };
            Assert.Contains("\"id\":\"model\"", await http.GetStringAsync("/v1/models"), StringComparison.Ordinal);
            using (Process kill = Process.Start("kill", ["-TERM", $"{server.Id}"]))
                await kill.WaitForExitAsync();
            string rest = await server.StandardError.ReadToEndAsync();
            await server.WaitForExitAsync();
            Assert.Equal(0, server.ExitCode);
            Assert.Contains("\"Route\":\"/v1/models\",\"Status\":200", rest, StringComparison.Ordinal);
            Assert.EndsWith("stopped\n", rest, StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
        }
    }

    private static async Task<(int Exit, string Output)> ProcessAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    private Task<CommandLine.Run> RunAsync(params string[] arguments) => _dsn.RunAsync(["serve", "--model", "@/model", .. arguments]);
}
