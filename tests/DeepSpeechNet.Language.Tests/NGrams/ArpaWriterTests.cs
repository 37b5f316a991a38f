using System.Text;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.NGrams;

public sealed class ArpaWriterTests
{
    [Fact]
    public void The_whole_file_is_as_other_programs_write_it()
    {
        using NGramModel model = Arpa.Load(Arpa.Small);
        Assert.Equal(
            """
            \data\
            ngram 1=5
            ngram 2=4
            ngram 3=2

            \1-grams:
            -1.5	<unk>
            -99	<s>	-0.4
            -0.7	</s>
            -0.6	tea	-0.3
            -0.9	cup	-0.2

            \2-grams:
            -0.3	<s> tea	-0.1
            -0.5	tea </s>
            -0.4	tea cup
            -0.2	cup tea	-0.25

            \3-grams:
            -0.15	<s> tea cup
            -0.05	cup tea </s>

            \end\

            """.Replace("\r", ""), Rounded(Write(model)));
    }

    [Fact]
    public void A_model_comes_back_from_its_arpa_file()
    {
        using NGramModel model = NGramBuilder.Build(ReferenceKneserNey.RandomText(4, 300, 30).Select(s => string.Join(' ', s)), new NGramOptions { Order = 4 }).Model;
        using NGramModel back = Arpa.Load(Write(model));
        Random random = new(1);
        NGramState a = model.Begin, b = back.Begin;
        for (int i = 0; i < 3000; i++)
        {
            int word = random.Next(3, model.Vocabulary.Count);
            Assert.Equal(model.Score(a, word, out a), back.Score(b, word, out b), 1e-4);
        }

        for (int k = 1; k <= 4; k++) Assert.Equal(model.Count(k), back.Count(k));
    }

    [Fact]
    public void A_binary_file_whose_ngrams_make_no_sense_is_not_written()
    {
        using NGramModel model = Arpa.Load(Arpa.Small);
        byte[] bytes = model.AsBytes().ToArray();
        long block = BinaryLayout.Read(bytes, bytes.Length, "bytes").Levels[0].BlocksAt;
        bytes.AsSpan((int)block + 8, 56).Fill(0xFF);
        using NGramModel damaged = NGramModel.FromMemory(bytes, "bytes");
        Assert.Throws<ModelFormatException>(() => Write(damaged));
    }

    private static string Write(NGramModel model)
    {
        using MemoryStream stream = new();
        ArpaWriter.Write(model.ToTables(), stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Numbers of six digits: what the way to natural logarithms and back leaves.</summary>
    private static string Rounded(string text) => string.Join('\n', text.Split('\n').Select(line => string.Join('\t',
        line.Split('\t').Select(field => double.TryParse(field, out double value) ? $"{Math.Round(value, 5)}" : field))));
}
