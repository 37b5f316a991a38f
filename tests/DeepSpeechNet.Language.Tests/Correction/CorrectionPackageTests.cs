using System.Text.Json;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.Correction;

namespace DeepSpeechNet.Language.Tests.Correction;

public sealed class CorrectionPackageTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dsn-correction-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Saved_package_corrects_alike()
    {
        CorrectionPackage package = Make();
        package.Save(_folder);
        CorrectionPackage loaded = CorrectionPackage.Load(_folder);

        Assert.Equal(package.Options, loaded.Options);
        Assert.Equal(package.Words.Words.ToArray(), loaded.Words.Words.ToArray());
        Assert.Equal(package.Channel.Units.ToArray(), loaded.Channel.Units.ToArray());
        Assert.Equal(new SpellingCorrector(package.Channel, package.Words).Correct("leter").Text, new SpellingCorrector(loaded.Channel, loaded.Words).Correct("leter").Text);
    }

    [Fact]
    public void Counts_are_kept_to_a_sixteenth()
    {
        Make().Save(_folder);
        WordList words = CorrectionPackage.Load(_folder).Words;

        Assert.InRange(words.Counts[words.Find("letter")], 1000 * 0.94, 1000 * 1.06);
        Assert.InRange(words.Counts[words.Find("rare")], 0.3 * 0.94, 0.3 * 1.06);
    }

    [Fact]
    public void Missing_package_says_where_it_was_looked_for()
    {
        FileNotFoundException fault = Assert.Throws<FileNotFoundException>(() => CorrectionPackage.Load(_folder));
        Assert.Contains(_folder, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_faults_of_their_format()
    {
        using MemoryStream stream = new();
        Make().Writer().WriteTo(stream);
        byte[] whole = stream.ToArray();
        Random random = new(5);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = i % 3 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            if (bytes.Length == whole.Length)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Throws<ModelFormatException>(() =>
            {
                using TensorFile file = TensorFile.Read(new MemoryStream(bytes), "test", bytes.Length);
                CorrectionPackage.Read(file);
            });
        }
    }

    [Fact]
    public void Wrong_content_under_right_digests_is_named()
    {
        AssertFault((Make() with { Options = new CorrectionOptions { BeamWidth = 0 } }).Writer(), "BeamWidth is 0");

        TensorFileWriter writer = new();
        writer.SetMetadata("correction", JsonSerializer.Serialize(new CorrectionOptions(), CorrectionJson.Default.CorrectionOptions));
        writer.Add<float>(ChannelModel.CopyTensor, [29], new float[29]);
        writer.Add<int>(ChannelModel.UnitTensor, [1], new[] { 29 });
        writer.Add<float>(ChannelModel.ProbabilityTensor, [1], new float[1]);
        AssertFault(writer, "edit number 0");
    }

    private static void AssertFault(TensorFileWriter writer, string part)
    {
        using MemoryStream stream = new();
        writer.WriteTo(stream);
        stream.Position = 0;
        using TensorFile file = TensorFile.Read(stream, "test", stream.Length);
        Assert.Contains(part, Assert.Throws<ModelFormatException>(() => CorrectionPackage.Read(file)).Message, StringComparison.Ordinal);
    }

    private static CorrectionPackage Make() => new(
        new ChannelTrainer().Train(ChannelTrainerTests.Confusions()),
        WordList.FromCounts([new("letter", 1000), new("ladder", 10), new("rare", 0.3), new("o'clock", 3)]),
        new CorrectionOptions { EditPenalty = 0.25f, BeamWidth = 77 });
}
