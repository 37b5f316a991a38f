using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Tests.Pronunciation;

/// <summary>A made-up spelling: consonants sound like themselves, a doubled one once, and a vowel is long before a silent final e.</summary>
public sealed class PronouncerTests : IDisposable
{
    private static readonly PronouncerOptions Small = new() { Embedding = 12, Hidden = 24, Layers = 1 };
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });
    private readonly string _folder = Directory.CreateTempSubdirectory("dsn-pronouncer-").FullName;

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void It_learns_rules_that_hold_for_words_it_has_not_met()
    {
        Pronunciations dictionary = Dictionary();
        PronouncerTrainer trainer = new(_device, dictionary, ["bat", "nowhere"], Small, new PronouncerTrainerOptions { Epochs = 25, BatchSize = 16, LearningRate = 0.01f, HeldOutOneOf = 5 });
        Assert.Equal(["bat"], trainer.Frequent);
        Assert.DoesNotContain("bat", trainer.HeldOut);
        Assert.InRange(trainer.HeldOut.Count, dictionary.Words.Count / 6, dictionary.Words.Count / 5);
        PronouncerAccuracy before = trainer.Measure(trainer.HeldOut);

        List<double> losses = [];
        trainer.Run(new Progress<TrainingProgress>(), (_, loss) => losses.Add(loss));

        Assert.Equal(25, losses.Count);
        Assert.True(losses[^1] < 0.1 * losses[0], $"{losses[0]} to {losses[^1]}");
        PronouncerAccuracy after = trainer.Measure(trainer.HeldOut);
        Assert.True(before.Right < 0.1 * before.Words);
        Assert.True(after.Right > 0.9 * after.Words, $"{after.Right} of {after.Words}");

        // Words said alone and among others, saved and read again, sound the same.
        string[] words = [.. trainer.HeldOut.Take(20)];
        IReadOnlyList<SpokenWord> together = trainer.Pronouncer.Say(words);
        trainer.Pronouncer.Save(_folder);
        Pronouncer saved = Pronouncer.Load(_folder, _device);
        Assert.Equal(trainer.Pronouncer.Phones, saved.Phones);
        for (int i = 0; i < words.Length; i++)
        {
            SpokenWord alone = saved.Say([words[i]])[0];
            Assert.Equal(together[i].Phones.ToArray(), alone.Phones.ToArray());
            Assert.Equal(together[i].ByLetter.ToArray(), alone.ByLetter.ToArray());
        }
    }

    [Fact]
    public void Letters_tell_how_far_the_phones_have_come()
    {
        PronouncerTrainer trainer = new(_device, Dictionary(), [], Small, new PronouncerTrainerOptions { Epochs = 25, BatchSize = 16, LearningRate = 0.01f });
        trainer.Run(new Progress<TrainingProgress>(), (_, _) => { });
        foreach (SpokenWord word in trainer.Pronouncer.Say(["bat", "tonne", "sib", "mane"]))
        {
            int[] byLetter = word.ByLetter.ToArray();
            Assert.Equal(byLetter.Order(), byLetter);
            Assert.InRange(byLetter[^1], 0, word.Phones.Length);

            // Half of the letters and half of the phones are not far from each other.
            Assert.InRange(byLetter[(byLetter.Length - 1) / 2], 1, word.Phones.Length);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        float[] a = Train(1), b = Train(1), c = Train(2);
        Assert.Equal(a, b);
        Assert.NotEqual(a, c);
    }

    [Theory]
    [InlineData("Cat")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("'")]
    [InlineData("naïve")]
    public void What_is_no_word_is_refused(string word)
    {
        Assert.False(Pronouncer.CanSay(word));
        PronouncerTrainer trainer = new(_device, Dictionary(), [], Small, new PronouncerTrainerOptions());
        Assert.Throws<ArgumentException>(() => trainer.Pronouncer.Say(["cat", word]));
    }

    [Fact]
    public void Files_without_one_are_named()
    {
        Assert.Contains(_folder, Assert.Throws<FileNotFoundException>(() => Pronouncer.Load(_folder, _device)).Message, StringComparison.Ordinal);
        TensorFileWriter writer = new();
        writer.Add<float>("other", [1], new float[] { 1 });
        string file = Path.Combine(_folder, "other.safetensors");
        writer.Save(file);
        Assert.Contains("no pronouncer", Assert.Throws<ModelFormatException>(() => Pronouncer.Load(file, _device)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"embedding\":12,\"hidden\":4000,\"layers\":1,\"steps\":3}")]
    [InlineData("{\"embedding\":12,\"hidden\":24,\"layers\":1,\"steps\":0}")]
    [InlineData("{\"embedding\":12,\"hidden\":24,\"layers\":1,\"steps\":3,\"more\":1}")]
    [InlineData("nonsense")]
    public void A_damaged_description_is_refused(string options)
    {
        PronouncerTrainer trainer = new(_device, Dictionary(), [], Small, new PronouncerTrainerOptions());
        TensorFileWriter writer = new();
        trainer.Pronouncer.AddTo(writer, WeightFormat.Float32);
        writer.SetMetadata("pronouncer", options);
        string file = Path.Combine(_folder, Pronouncer.FileName);
        writer.Save(file);
        Assert.Throws<ModelFormatException>(() => Pronouncer.Load(file, _device));
    }

    [Fact]
    public void A_run_can_be_stopped()
    {
        using CancellationTokenSource stop = new();
        PronouncerTrainer trainer = new(_device, Dictionary(), [], Small, new PronouncerTrainerOptions());
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => trainer.Run(new Progress<TrainingProgress>(), (_, _) => { }, stop.Token));
    }

    private float[] Train(ulong seed)
    {
        PronouncerTrainer trainer = new(_device, Dictionary(), [], Small, new PronouncerTrainerOptions { Epochs = 1, Seed = seed });
        trainer.Run(new Progress<TrainingProgress>(), (_, _) => { });
        return [.. trainer.Pronouncer.Network.Parameters.Parameters.SelectMany(ParameterSet.Get)];
    }

    private static Pronunciations Dictionary()
    {
        string[] consonants = ["b", "t", "n", "s", "m", "bb", "tt", "nn"];
        List<string> lines = [];
        foreach (string first in consonants[..5])
        {
            foreach (string vowel in new[] { "a", "i", "o" })
            {
                foreach (string last in consonants)
                {
                    string short_ = $"{first}{vowel}{last}";
                    lines.Add($"{short_} {Sound(first)} {vowel.ToUpperInvariant()}H {Sound(last)}");
                    lines.Add($"{short_}e {Sound(first)} {vowel.ToUpperInvariant()}Y {Sound(last)}");
                }
            }
        }

        return Pronunciations.Read(new StringReader(string.Join('\n', lines)), "made up");

        static string Sound(string letters) => letters[..1].ToUpperInvariant();
    }
}
