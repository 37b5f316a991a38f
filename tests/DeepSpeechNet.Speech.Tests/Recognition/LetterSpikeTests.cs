using DeepSpeechNet.Language;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Speech.Tests.Recognition;

public sealed class LetterSpikeTests
{
    [Fact]
    public void A_letter_is_one_run_of_frames_at_its_highest()
    {
        // Classes: space, a, b, blank.
        double[,] rows =
        {
            { 0.0, 0.1, 0.1, 0.8 }, { 0.0, 0.6, 0.1, 0.3 }, { 0.0, 0.9, 0.0, 0.1 }, { 0.0, 0.2, 0.7, 0.1 },
            { 0.1, 0.1, 0.1, 0.7 }, { 0.0, 0.0, 0.8, 0.2 }, { 0.9, 0.0, 0.0, 0.1 },
        };
        float[] logs = new float[rows.Length];
        for (int i = 0; i < logs.Length; i++)
            logs[i] = (float)Math.Log(rows[i / 4, i % 4]);
        IReadOnlyList<LetterSpike> spikes = LetterSpike.Find(logs, new Alphabet(" ab"), TimeSpan.FromMilliseconds(30));
        Assert.Equal(["a", "b", "b", " "], spikes.Select(s => s.Letter));
        Assert.Equal([60.0, 90, 150, 180], spikes.Select(s => s.Time.TotalMilliseconds));
        Assert.Equal([0.9, 0.7, 0.8, 0.9], spikes.Select(s => Math.Round(s.Probability, 4)));
    }

    [Fact]
    public void No_frames_have_no_letters() => Assert.Empty(LetterSpike.Find([], new Alphabet(" ab"), TimeSpan.FromMilliseconds(30)));
}
