using DeepSpeechNet.Language.Generation;

namespace DeepSpeechNet.Language.Tests.Generation;

public sealed class TextSamplerTests
{
    [Fact]
    public void Symbols_come_as_often_as_they_are_likely()
    {
        using Memoryless model = new([0.5f, 0.3f, 0f, 0.2f]);
        TextSampler sampler = new(model, new Random(1));
        int[] counts = new int[4];
        for (int i = 0; i < 4000; i++)
        {
            foreach (char symbol in sampler.Sentence("", 1000))
                counts[symbol - 'a']++;
        }

        // 1 / 0.2 symbols a sentence, the end among them.
        Assert.Equal(0, counts[2]);
        Assert.InRange(counts[0] / (double)counts[1], 1.6, 1.74);
        Assert.InRange((counts[0] + counts[1]) / 4000.0, 3.8, 4.2);
    }

    [Fact]
    public void A_low_temperature_takes_the_likeliest_and_the_beginning_stays()
    {
        using Memoryless model = new([0.4f, 0.35f, 0f, 0.25f]);
        TextSampler sampler = new(model, new Random(2), temperature: 0.01f);
        Assert.Equal("bbaaaaaa", sampler.Sentence("bb", 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextSampler(model, new Random(2), temperature: 0));
    }

    private sealed class Memoryless(float[] probabilities) : SymbolPredictor
    {
        public override int Count => probabilities.Length;

        public override int End => probabilities.Length - 1;

        public override void Begin()
        {
        }

        public override void Read(int symbol) => Assert.InRange(symbol, 0, End - 1);

        public override void Predict(Span<float> logProbabilities)
        {
            for (int i = 0; i < probabilities.Length; i++)
                logProbabilities[i] = MathF.Log(probabilities[i]);
        }

        public override void Encode(string sentence, List<int> symbols) => symbols.AddRange(sentence.Select(c => c - 'a'));

        public override string Decode(ReadOnlySpan<int> symbols) => string.Concat(symbols.ToArray().Select(s => (char)('a' + s)));
    }
}
