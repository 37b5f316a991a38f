using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Training;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Speech.Tests;

/// <summary>A pronouncer with random weights: the words of its three phones are nonsense, but always the same.</summary>
internal static class SmallPronouncer
{
    public const int Phones = 3;

    public static Pronouncer Make(Device device, ulong seed = 1)
    {
        Pronunciations dictionary = Pronunciations.Read(new StringReader("a A\nb B\nc C\n"), "test");
        PronouncerTrainer trainer = new(device, dictionary, dictionary.Words, new PronouncerOptions { Embedding = 6, Hidden = 8, Layers = 1 }, new PronouncerTrainerOptions { Epochs = 4, Seed = seed });
        trainer.Run(new Progress<TrainingProgress>(), (_, _) => { });
        return trainer.Pronouncer;
    }
}
