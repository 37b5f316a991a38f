using System.Diagnostics;

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
        (await RunAsync("--certificate-key", "@/key")).Expect(2, "", "dsn: --certificate-key goes with --certificate.\n");
    }

    [Fact]
    public async Task A_certificate_that_is_not_there_is_a_failure() =>
        (await RunAsync("--certificate", "@/none.pfx")).Expect(1, "", "dsn: There is no certificate at @/none.pfx.\n");

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

    private Task<CommandLine.Run> RunAsync(params string[] arguments) => _dsn.RunAsync(["serve", "--model", "@/model", .. arguments]);
}
