namespace DeepSpeechNet.Engine.Ilgpu.Tests;

public sealed class DeviceChoicesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("device-choices").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_measured_is_known_the_next_time()
    {
        string path = Path.Combine(_folder, "new", "devices.txt");
        DeviceChoices choices = new(path);
        Assert.Null(choices.CardIsFaster("a, b"));
        choices.Keep("a, b", cardIsFaster: true);
        choices.Keep("a, c", cardIsFaster: false);
        Assert.True(new DeviceChoices(path).CardIsFaster("a, b"));
        Assert.False(new DeviceChoices(path).CardIsFaster("a, c"));
        Assert.Null(new DeviceChoices(path).CardIsFaster("a"));
        choices.Keep("a, b", cardIsFaster: false);
        Assert.False(choices.CardIsFaster("a, b"));
        Assert.Equal(2, File.ReadAllLines(path).Length);
    }

    [Theory]
    [InlineData("a, b\tperhaps\n")]
    [InlineData("a, b")]
    [InlineData("\t\t\t\n")]
    public void A_damaged_file_means_that_nothing_is_known(string text)
    {
        string path = Path.Combine(_folder, "devices.txt");
        File.WriteAllText(path, text);
        DeviceChoices choices = new(path);
        Assert.Null(choices.CardIsFaster("a, b"));
        choices.Keep("a, b", cardIsFaster: true);
        Assert.True(choices.CardIsFaster("a, b"));
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is_kept_and_nothing_fails()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        DeviceChoices choices = new(Path.Combine(file, "devices.txt"));
        choices.Keep("a, b", cardIsFaster: true);
        Assert.Null(choices.CardIsFaster("a, b"));
    }
}
