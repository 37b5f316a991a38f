using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Neural;

namespace DeepSpeechNet.Language.Tests.Neural;

public sealed class SentenceLikelihoodTests
{
    [Fact]
    public void Every_sentence_is_scored_as_if_alone()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        CharacterTokens letters = new(new Alphabet("abcdef"));
        NeuralLanguageModel model = new(device, LanguageStepperTests.Shape("gru pairs"), letters.Count, letters.End, seed: 4, initialRange: 0.5f);
        TokenText text = TokenText.Of(letters, SequencePassTests.Sentences(150));
        float[] scores = new SentenceLikelihood(model).Run(text);
        ReferenceNetwork reference = new(model);
        int start = 0;
        for (int i = 0; i < text.Count; i++)
        {
            if (i % 7 == 0 || text[i] == letters.End)
            {
                int[] past = [letters.End, .. Enumerable.Range(start, i - start).Select(p => text[p])];
                Assert.Equal(reference.After(past)[text[i]], scores[i], 1e-4);
            }

            if (text[i] == letters.End)
                start = i + 1;
        }
    }

    [Fact]
    public void Streams_that_do_not_divide_the_text_leave_no_symbol_out()
    {
        using CpuDevice device = new(new CpuDeviceOptions { Threads = 1 });
        CharacterTokens letters = new(new Alphabet("abcdef"));
        NeuralLanguageModel model = new(device, LanguageStepperTests.Shape("lstm"), letters.Count, letters.End, seed: 4, initialRange: 0.5f);
        TokenText text = TokenText.Of(letters, SequencePassTests.Sentences(23));
        int streams = Enumerable.Range(5, 10).First(n => text.Count % n != 0);
        float[] scores = new TextLikelihood(model).Each(text, streams);
        Assert.Equal(text.Count, scores.Length);
        Assert.All(scores, s => Assert.True(s < 0));
    }
}
