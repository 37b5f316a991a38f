using DeepSpeechNet.Cli.Transcribing;

namespace DeepSpeechNet.Cli.Tests.Transcribing;

public sealed class AudioInputsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dsn-inputs-").FullName;

    public AudioInputsTests()
    {
        foreach (string name in (string[])["b.wav", "a.FLAC", "notes.txt", ".hidden.wav", "deep/c.mp3", "deep/er/d.ogg", "odd.bin"])
        {
            string path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_gives_its_audio_in_the_order_of_names() => Assert.Equal(["a.FLAC", "b.wav"], Found(false, ""));

    [Fact]
    public void Recursive_takes_the_folders_of_folders_too() => Assert.Equal(["a.FLAC", "b.wav", "deep/c.mp3", "deep/er/d.ogg"], Found(true, ""));

    [Fact]
    public void A_file_is_taken_whatever_its_name() => Assert.Equal(["odd.bin"], Found(false, "odd.bin"));

    [Theory]
    [InlineData("*.wav", "b.wav")]
    [InlineData("?.*", "a.FLAC,b.wav")]
    [InlineData("*", "a.FLAC,b.wav")]
    [InlineData("*.bin", "odd.bin")]
    [InlineData("*/*.mp3", "deep/c.mp3")]
    [InlineData("**/*.ogg", "deep/er/d.ogg")]
    [InlineData("**/*", "a.FLAC,b.wav,deep/c.mp3,deep/er/d.ogg")]
    [InlineData("d*/**/?.*", "deep/c.mp3,deep/er/d.ogg")]
    public void Patterns_match_names_part_by_part(string pattern, string expected) => Assert.Equal(expected.Split(','), Found(false, pattern));

    [Fact]
    public void What_matches_nothing_is_missing()
    {
        AudioInputs inputs = AudioInputs.Find([Path.Combine(_folder, "*.aiff"), Path.Combine(_folder, "none.wav")], recursive: false);
        Assert.Empty(inputs.Files);
        Assert.Equal([$"{_folder}/*.aiff: no file matches.", $"{_folder}/none.wav: there is no such file."], inputs.Missing);
        Assert.True(inputs.Several);
    }

    [Fact]
    public void One_file_alone_is_not_several()
    {
        Assert.False(AudioInputs.Find([Path.Combine(_folder, "b.wav")], recursive: false).Several);
        Assert.False(AudioInputs.Find(["-"], recursive: false).Several);
        Assert.True(AudioInputs.Find([_folder], recursive: false).Several);
    }

    [Fact]
    public void The_standard_input_is_named_once_at_most() => Assert.Throws<UsageException>(() => AudioInputs.Find(["-", "-"], recursive: false));

    private IEnumerable<string> Found(bool recursive, string name) =>
        AudioInputs.Find([Path.Combine(_folder, name)], recursive).Files.Select(f => Path.GetRelativePath(_folder, f.Path).Replace('\\', '/'));
}
