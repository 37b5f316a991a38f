using System.Net;

namespace DeepSpeechNet.Server.Tests;

public sealed class ServerOptionsTests
{
    [Fact]
    public void By_default_only_this_machine_is_answered()
    {
        ServerOptions options = new();
        options.Validate();
        Assert.Equal(IPAddress.Loopback, options.Address);
        Assert.False(options.AllowLibSndFile);
    }

    public static TheoryData<ServerOptions, string> Faults() => new()
    {
        { new ServerOptions { Port = 70000 }, "Port" },
        { new ServerOptions { VoskPort = -1 }, "VoskPort" },
        { new ServerOptions { Port = 9, VoskPort = 9 }, "VoskPort" },
        { new ServerOptions { ModelName = "a b" }, "model name" },
        { new ServerOptions { ModelAliases = [""] }, "model name" },
        { new ServerOptions { ApiKeys = ["short"] }, "ApiKeys" },
        { new ServerOptions { AllowedOrigins = ["example.org"] }, "origin" },
        { new ServerOptions { AllowedOrigins = ["https://example.org/path"] }, "origin" },
        { new ServerOptions { HotWordWeight = double.NaN }, "HotWordWeight" },
        { new ServerOptions { Tls = new TlsOptions() }, "CertificatePath" },
        { new ServerOptions { Limits = new ServerLimits { MessageBytes = 0 } }, "MessageBytes" },
        { new ServerOptions { Limits = new ServerLimits { IdleTime = TimeSpan.Zero } }, "IdleTime" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_out_of_range_is_named(ServerOptions options, string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
}
