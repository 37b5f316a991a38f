namespace DeepSpeechNet.Server;

/// <summary>Which certificate a <see cref="SpeechServer"/> shows.</summary>
public sealed record TlsOptions
{
    /// <summary>
    /// The certificate with its key: a PKCS #12 file (.pfx, .p12), or a PEM file. Where <see cref="Generate"/> is set and there is no such file, one is made.
    /// </summary>
    public string CertificatePath { get; init; } = "";

    /// <summary>The key of a PEM certificate, where it is a file of its own.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The password of the PKCS #12 file or of the PEM key.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// Whether a certificate is generated where the file is not there yet. It is signed by nobody, so browsers warn once; that is enough for a phone's browser
    /// to give the page its microphone.
    /// </summary>
    public bool Generate { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One is missing; the message names it.</exception>
    public void Validate()
    {
        if (CertificatePath.Length == 0)
            throw new ArgumentException($"{nameof(CertificatePath)} is empty; name the file of the certificate.");
        if (Generate && KeyPath is not null)
            throw new ArgumentException($"A generated certificate holds its key: leave out {nameof(KeyPath)}.");
    }
}
