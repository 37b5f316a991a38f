namespace DeepSpeechNet.Cli.Tests;

/// <summary>Runs command lines in this process, in a temporary folder of their own.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dsn-cli-").FullName;

    /// <summary>What the command reads from standard input.</summary>
    public byte[] Input { get; set; } = [];

    /// <summary>The full path of a name in the folder.</summary>
    public string this[string name] => Path.Combine(_folder, name);

    /// <summary>Runs <c>dsn</c>; in arguments and results the folder's path reads <c>@</c>.</summary>
    public async Task<Run> RunAsync(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        Run run = await RunAsync(output, arguments);
        return run with { Out = Shorten(output) };
    }

    /// <summary>Runs <c>dsn</c> with another standard output.</summary>
    public async Task<Run> RunAsync(TextWriter output, string[] arguments)
    {
        using StringWriter error = new() { NewLine = "\n" };
        CommandConsole console = new(output, error, () => new ForwardOnlyStream(Input), errorIsTerminal: false);
        int exit = await DsnCommand.RunAsync([.. arguments.Select(a => a.Replace("@/", _folder + "/", StringComparison.Ordinal))], console);
        return new Run(exit, "", Shorten(error));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Shorten(StringWriter text) => text.ToString().Replace(_folder, "@", StringComparison.Ordinal);

    /// <summary>What a command did.</summary>
    public sealed record Run(int Exit, string Out, string Error)
    {
        /// <summary>Asserts all of it; a failure shows all of it.</summary>
        public void Expect(int exit, string output, string error) => Assert.True(
            Exit == exit && Out == output && Error == error,
            $"Expected exit code {exit}, output\n{output}\nand errors\n{error}\nbut got {Exit}, output\n{Out}\nand errors\n{Error}");
    }

    /// <summary>A pipe: no length, no position.</summary>
    private sealed class ForwardOnlyStream(byte[] content) : Stream
    {
        private readonly MemoryStream _content = new(content);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        // A pipe gives what is there, seldom all that was asked for.
        public override int Read(byte[] buffer, int offset, int count) => _content.Read(buffer, offset, Math.Min(count, 999));

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
