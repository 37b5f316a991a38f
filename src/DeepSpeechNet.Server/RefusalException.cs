namespace DeepSpeechNet.Server;

/// <summary>A request that is refused: what the caller is told.</summary>
internal sealed class RefusalException : Exception
{
    public RefusalException(int status, string message, string? parameter = null, string? code = null, Exception? inner = null)
        : base(message, inner)
    {
        Status = status;
        Parameter = parameter;
        Code = code;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The field at fault, if one is.</summary>
    public string? Parameter { get; }

    /// <summary>A word for programs.</summary>
    public string? Code { get; }

    /// <summary>After how many seconds another try may do better; 0 where it will not.</summary>
    public int RetryAfterSeconds { get; init; }
}
