using System.Text;
using DeepSpeechNet.Engine.Devices;
using DeepSpeechNet.Engine.Devices.Cpu;
using DeepSpeechNet.Language.Neural;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.Decoding.Scorers;

/// <summary>Language models of a few words or letters.</summary>
internal static class SmallModels
{
    /// <summary>a, ab, abba, b, ba over the alphabet "ab ", with some bigrams.</summary>
    public static NGramModel Words() => Read("""
        \data\
        ngram 1=8
        ngram 2=6

        \1-grams:
        -2.0	<unk>	0
        -99	<s>	-0.3
        -1.1	</s>	0
        -0.6	a	-0.2
        -0.9	ab	-0.4
        -1.7	abba	-0.1
        -0.8	b	-0.3
        -1.3	ba	-0.25

        \2-grams:
        -0.3	<s> ab
        -0.2	a b
        -0.5	b a
        -0.4	ab </s>
        -0.1	ba abba
        -0.7	<s> a

        \end\

        """);

    /// <summary>The letters a, b and the space, with some bigrams.</summary>
    public static NGramModel Letters() => Read("""
        \data\
        ngram 1=6
        ngram 2=5

        \1-grams:
        -2.5	<unk>	0
        -99	<s>	-0.2
        -1.0	</s>	0
        -0.4	a	-0.3
        -0.7	b	-0.1
        -0.6	<space>	-0.5

        \2-grams:
        -0.2	a b
        -0.3	<s> a
        -0.9	b <space>
        -0.1	<space> a
        -0.4	b </s>

        \end\

        """);

    /// <summary>A recurrent network over the symbols "ab " or over given words, with random weights.</summary>
    public static NeuralLanguageModel Neural(Device device, LanguageTokens tokens, int hidden = 8) => new(
        device,
        new NeuralLanguageModelOptions { Unit = tokens.Unit, Cell = CellKind.Lstm, Hidden = hidden, Embedding = tokens.Unit == LanguageUnit.Characters ? 0 : 6, Layers = 2 },
        tokens.Count,
        tokens.End,
        seed: 7,
        initialRange: 0.6f);

    /// <summary>A device of one thread.</summary>
    public static CpuDevice Device() => new(new CpuDeviceOptions { Threads = 1 });

    /// <summary>The natural log-probability of tokens and their end, one step at a time.</summary>
    public static double LogProbability(LanguageStepper stepper, IEnumerable<int> tokens)
    {
        float[] row = new float[stepper.TokenCount];
        int[] state = [stepper.BeginState], next = [0];
        stepper.Probabilities(state, row);
        double sum = 0;
        foreach (int token in tokens)
        {
            sum += row[token];
            stepper.Step(state, [token], next, row);
            stepper.Release(state[0]);
            state[0] = next[0];
        }

        stepper.Release(state[0]);
        return sum + row[stepper.EndToken];
    }

    private static NGramModel Read(string arpa)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(arpa));
        return NGramModel.Read(stream, "small");
    }
}
