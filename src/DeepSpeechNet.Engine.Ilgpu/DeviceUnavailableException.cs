namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>A device that was asked for is not there; the message says why and what helps.</summary>
public sealed class DeviceUnavailableException : Exception
{
    /// <summary>The exception without a message of its own.</summary>
    public DeviceUnavailableException()
    {
    }

    /// <summary>The exception with a message.</summary>
    public DeviceUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with a message and its cause.</summary>
    public DeviceUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
