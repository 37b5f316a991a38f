namespace DeepSpeechNet.Engine.Ilgpu;

/// <summary>A card has no more memory for what was asked.</summary>
public sealed class OutOfDeviceMemoryException : Exception
{
    /// <summary>The exception without a message of its own.</summary>
    public OutOfDeviceMemoryException()
    {
    }

    /// <summary>The exception with a message.</summary>
    public OutOfDeviceMemoryException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with a message and its cause.</summary>
    public OutOfDeviceMemoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>For <paramref name="bytes"/> more on a card that already holds <paramref name="held"/>.</summary>
    internal static OutOfDeviceMemoryException For(string card, long bytes, long held, Exception? cause) => new(
        $"{card} has no memory left: {Megabytes(bytes)} more were asked for beside the {Megabytes(held)} in use. " +
        "What a step needs grows with the batch: halve the batch size (--batch), or cut longer utterances out.",
        cause ?? new InsufficientMemoryException());

    private static string Megabytes(long bytes) => FormattableString.Invariant($"{bytes / 1048576.0:0.#} MB");
}
