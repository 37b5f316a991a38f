using DeepSpeechNet.Language.Decoding.HotWords;

namespace DeepSpeechNet.Language.Tests.Decoding.HotWords;

public sealed class HotWordFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"hot-words-{Guid.NewGuid():N}.txt");

    [Fact]
    public void A_changed_file_is_read_again_and_a_bad_one_leaves_the_old_list_in_force()
    {
        List<string> said = [];
        Write("boston\t2", 1);
        HotWordFile file = new(_path, Alphabet.English, said.Add);
        Assert.Same(file.Current, file.Current);
        Assert.Equal("boston", file.Current.Phrases[0].Phrase);
        Write("london\t2", 2);
        Assert.Equal("london", file.Current.Phrases[0].Phrase);
        Write("london -2", 3);
        Assert.Equal("london", file.Current.Phrases[0].Phrase);
        Assert.Equal("london", file.Current.Phrases[0].Phrase);
        string complaint = Assert.Single(said);
        Assert.Contains("line 1", complaint);
        Assert.Contains("stay in force", complaint);
        File.Delete(_path);
        Assert.Equal("london", file.Current.Phrases[0].Phrase);
        Assert.Equal(2, said.Count);
        Write("paris\t2", 4);
        Assert.Equal("paris", file.Current.Phrases[0].Phrase);
    }

    [Fact]
    public void A_file_that_is_bad_from_the_start_is_refused()
    {
        Write("boston", 1);
        Assert.Throws<HotWordException>(() => new HotWordFile(_path, Alphabet.English, _ => { }));
    }

    public void Dispose() => File.Delete(_path);

    private void Write(string text, int minute)
    {
        File.WriteAllText(_path, text);
        File.SetLastWriteTimeUtc(_path, new DateTime(2026, 1, 1, 0, minute, 0, DateTimeKind.Utc));
    }
}
