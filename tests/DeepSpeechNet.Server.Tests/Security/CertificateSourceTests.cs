using System.Security.Cryptography.X509Certificates;
using DeepSpeechNet.Server.Security;

namespace DeepSpeechNet.Server.Tests.Security;

public sealed class CertificateSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dsn-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_generated_certificate_serves_https_and_is_kept()
    {
        TlsOptions tls = new() { CertificatePath = Path.Combine(_folder, "own", "server.pfx"), Generate = true };
        string? digest;
        await using (TestServer server = await TestServer.StartAsync(new ServerOptions { Tls = tls }))
        {
            digest = server.Server.CertificateDigest;
            Assert.Equal("https", server.Server.Addresses[0].Scheme);
            Assert.Contains("\"ok\"", await server.Http.GetStringAsync("/health"), StringComparison.Ordinal);
        }

        await using TestServer again = await TestServer.StartAsync(new ServerOptions { Tls = tls });
        Assert.Equal(digest, again.Server.CertificateDigest);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(tls.CertificatePath));
    }

    [Fact]
    public void A_generated_certificate_is_for_this_machine_and_short_enough_for_phones()
    {
        using X509Certificate2 certificate = CertificateSource.Create(TimeProvider.System);
        Assert.True(certificate.MatchesHostname("localhost"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.True(certificate.NotAfter - certificate.NotBefore < TimeSpan.FromDays(825));
        Assert.True(certificate.HasPrivateKey);
    }

    [Fact]
    public void A_file_that_is_no_certificate_is_named()
    {
        string path = Path.Combine(_folder, "bad.pfx");
        File.WriteAllText(path, "not a certificate");
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => CertificateSource.Load(new TlsOptions { CertificatePath = path }, TimeProvider.System));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => CertificateSource.Load(new TlsOptions { CertificatePath = path + "x" }, TimeProvider.System));
    }
}
