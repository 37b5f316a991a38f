using DeepSpeechNet.Engine.Checkpoints;

namespace DeepSpeechNet.Engine.Tests.Checkpoints;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static void WriteParts(Stream stream, byte value)
    {
        // More than the buffer, so that several writes reach the file.
        for (int i = 0; i < 5; i++) stream.Write([.. Enumerable.Repeat(value, 40_000)]);
    }

    private static byte[] Content(byte value) => [.. Enumerable.Repeat(value, 200_000)];

    private static int CountSteps(string path)
    {
        var counter = new FaultyFileLayer(0, Fault.Error);
        AtomicFile.Write(path, s => WriteParts(s, 1), counter);
        return counter.Steps;
    }

    [Fact]
    public void A_file_is_created_and_replaced_and_nothing_else_stays()
    {
        string path = _folder.File("a.bin");
        AtomicFile.Write(path, s => WriteParts(s, 1));
        Assert.Equal(Content(1), File.ReadAllBytes(path));
        AtomicFile.Write(path, s => s.WriteByte(7));
        Assert.Equal([7], File.ReadAllBytes(path));
        Assert.Equal(["a.bin"], _folder.Names());
    }

    [Fact]
    public void The_writer_may_seek_back()
    {
        string path = _folder.File("a.bin");
        AtomicFile.Write(path, s =>
        {
            s.Write(new byte[100_000]);
            s.Position = 3;
            s.WriteByte(9);
        });
        byte[] read = File.ReadAllBytes(path);
        Assert.Equal(100_000, read.Length);
        Assert.Equal(9, read[3]);
    }

    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.Short)]
    [InlineData(Fault.Crash)]
    public void Whatever_step_fails_the_file_is_old_or_new_and_never_half(Fault fault)
    {
        string path = _folder.File("a.bin");
        int steps = CountSteps(path);
        Assert.True(steps >= 6, $"{steps} steps");
        for (int at = 1; at <= steps; at++)
        {
            File.WriteAllBytes(path, Content(5));
            var exception = Assert.Throws<FileSaveException>(() => AtomicFile.Write(path, s => WriteParts(s, 6), new FaultyFileLayer(at, fault)));
            Assert.Contains("a.bin", exception.Message);
            // Only the last step, the flush of the folder, comes after the file has been replaced.
            Assert.Equal(Content(at == steps ? (byte)6 : (byte)5), File.ReadAllBytes(path));
            if (fault != Fault.Crash) Assert.Equal(["a.bin"], _folder.Names());
            foreach (string leftover in _folder.Names().Where(n => n != "a.bin"))
            {
                Assert.StartsWith(".a.bin.", leftover);
                Assert.EndsWith(".tmp", leftover);
            }
            AtomicFile.RemoveLeftovers(path);
            Assert.Equal(["a.bin"], _folder.Names());
        }
    }

    [Fact]
    public void A_full_disk_gives_one_clear_sentence()
    {
        string path = _folder.File("a.bin");
        var exception = Assert.Throws<FileSaveException>(() => AtomicFile.Write(path, s => WriteParts(s, 1), new FaultyFileLayer(3, Fault.Short)));
        Assert.Equal($"Cannot save '{path}': the disk is full. Free some space and try again; an earlier file of this name is unchanged.",
            exception.Message);
        Assert.Equal(path, exception.Path);
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        string path = _folder.File("none/a.bin");
        var exception = Assert.Throws<FileSaveException>(() => AtomicFile.Write(path, s => s.WriteByte(1)));
        Assert.Equal($"Cannot save '{path}': its folder does not exist. Create it and try again.", exception.Message);
    }

    [Fact]
    public void An_error_of_the_writer_passes_through_and_leaves_the_old_file()
    {
        string path = _folder.File("a.bin");
        File.WriteAllBytes(path, [1, 2]);
        Assert.Throws<ArithmeticException>(() => AtomicFile.Write(path, _ => throw new ArithmeticException()));
        Assert.Equal([1, 2], File.ReadAllBytes(path));
        Assert.Equal(["a.bin"], _folder.Names());
    }

    [Fact]
    public void A_symbolic_link_stays_and_its_target_is_replaced()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(_folder.File("real"));
        File.WriteAllBytes(_folder.File("real/a.bin"), [1]);
        File.CreateSymbolicLink(_folder.File("link"), _folder.File("real/a.bin"));
        AtomicFile.Write(_folder.File("link"), s => s.WriteByte(2));
        Assert.NotNull(new FileInfo(_folder.File("link")).LinkTarget);
        Assert.Equal([2], File.ReadAllBytes(_folder.File("real/a.bin")));
    }

    [Fact]
    public void Readers_at_the_same_time_see_whole_files_only()
    {
        string path = _folder.File("a.bin");
        AtomicFile.Write(path, s => WriteParts(s, 0));
        var writer = new Thread(() =>
        {
            for (byte i = 1; i < 40; i++) AtomicFile.Write(path, s => WriteParts(s, i));
        });
        writer.Start();
        while (writer.IsAlive)
        {
            byte[] read = File.ReadAllBytes(path);
            Assert.Equal(200_000, read.Length);
            Assert.DoesNotContain(read, b => b != read[0]);
        }
        writer.Join();
    }
}
