using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeepSpeechNet.Server.Security;

/// <summary>Loads the server's certificate, or makes one and keeps it.</summary>
internal static class CertificateSource
{
    // Phones refuse certificates that are valid for longer.
    private const int LifetimeDays = 820;

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>The certificate with its key.</summary>
    /// <exception cref="InvalidDataException">The file is there and cannot be used.</exception>
    /// <exception cref="FileNotFoundException">There is no such file, and none is to be made.</exception>
    public static X509Certificate2 Load(TlsOptions options, TimeProvider time)
    {
        if (!File.Exists(options.CertificatePath))
        {
            if (!options.Generate)
                throw new FileNotFoundException($"There is no certificate at {options.CertificatePath}.");
            Save(options, Create(time));
        }

        try
        {
            X509Certificate2 certificate = Read(options);
            if (!certificate.HasPrivateKey)
                throw new InvalidDataException($"{options.CertificatePath} holds a certificate without its private key.");
            if (options.Generate && time.GetUtcNow() > certificate.NotAfter)
            {
                certificate.Dispose();
                Save(options, Create(time));
                certificate = Read(options);
            }

            return certificate;
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"{options.CertificatePath}: the certificate cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    /// <summary>A certificate for this machine's names and addresses, signed by itself.</summary>
    internal static X509Certificate2 Create(TimeProvider time)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=DeepSpeechNet on " + Dns.GetHostName(), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        if (Uri.CheckHostName(Dns.GetHostName()) == UriHostNameType.Dns)
            names.AddDnsName(Dns.GetHostName());
        foreach (IPAddress address in Addresses())
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], critical: false));
        DateTimeOffset now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(LifetimeDays));
    }

    private static X509Certificate2 Read(TlsOptions options)
    {
        bool pem = File.ReadAllText(options.CertificatePath).Contains("-----BEGIN", StringComparison.Ordinal);
        if (!pem)
            return X509CertificateLoader.LoadPkcs12FromFile(options.CertificatePath, options.Password);
        return options.Password is null
            ? X509Certificate2.CreateFromPemFile(options.CertificatePath, options.KeyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(options.CertificatePath, options.Password, options.KeyPath);
    }

    private static void Save(TlsOptions options, X509Certificate2 certificate)
    {
        using (certificate)
        {
            string path = Path.GetFullPath(options.CertificatePath), fresh = path + ".new";
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            FileStreamOptions file = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (FileStream stream = new(fresh, file))
            {
                stream.Write(certificate.Export(X509ContentType.Pkcs12, options.Password));
                stream.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
    }

    private static HashSet<IPAddress> Addresses()
    {
        HashSet<IPAddress> addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        foreach (NetworkInterface card in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (UnicastIPAddressInformation own in card.GetIPProperties().UnicastAddresses)
            {
                if (own.Address.AddressFamily == AddressFamily.InterNetwork || !own.Address.IsIPv6LinkLocal)
                    addresses.Add(own.Address);
            }
        }

        return addresses;
    }
}
