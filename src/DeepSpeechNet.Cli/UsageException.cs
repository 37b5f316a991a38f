namespace DeepSpeechNet.Cli;

/// <summary>The command line asks for something that makes no sense: exit code 2.</summary>
public sealed class UsageException : Exception
{
    /// <summary>An exception with its sentence.</summary>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>Runs a check of options whose complaint is about the command line.</summary>
    /// <exception cref="UsageException">The check threw an <see cref="ArgumentException"/>.</exception>
    internal static void Check(Action validate)
    {
        try
        {
            validate();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
