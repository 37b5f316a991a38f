using System.Diagnostics;
using System.Text;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.NGrams;
using DeepSpeechNet.Language.Tests.Decoding.HotWords;

namespace DeepSpeechNet.Language.Tests.Correction;

/// <summary>
/// Damaged packages, pairs and texts: each is read or refused with the documented exception, in bounded time and memory, and any text is corrected.
/// A few thousand by default; <c>DSN_FUZZ=100000 dotnet test --filter FuzzTests</c> for a long run.
/// </summary>
public sealed class CorrectionFuzzTests : IDisposable
{
    private const long MostBytes = 256 << 20;
    private const string Text = "What is the wether like in Bostin, rigt now? (It's 7 o'clock) o'the a@b.c ''n'' its'";
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(1);
    private static readonly ChannelModel Channel = new ChannelTrainer().Train(ChannelTrainerTests.Confusions());
    private static readonly WordList Words = WordList.FromCounts([.. "what is the weather like in boston right now it's o'clock its a".Split(' ').Select((w, i) => new KeyValuePair<string, double>(w, 100 - i))]);
    private static readonly char[] Odd = ['\0', '\t', '\'', '\u2019', '\uD83D', '\uDE00', '\u0130', '\u00E9', '-', ' ', '\u00A0', '\u2028', '7', 'z'];

    private readonly NGramModel _model = NGramBuilder.Build(["what is the weather like in boston", "right now", "it's a weather like the weather"], new NGramOptions { Order = 2 }).Model;

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("DSN_FUZZ"), out int count) ? count : 2000;

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Any_text_is_corrected()
    {
        Random random = new(3);
        SpellingCorrector corrector = new(Channel, Words, _model, new CorrectionOptions { EditPenalty = 1, WordPenalty = 1, Alternatives = 3 });
        for (int i = 0; i < Count; i++)
        {
            StringBuilder text = new(Text);
            for (int n = random.Next(1, 12); n > 0; n--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0:
                        text[at] = Odd[random.Next(Odd.Length)];
                        break;
                    case 1:
                        text.Insert(at, new string(Odd[random.Next(Odd.Length)], random.Next(1, 40)));
                        break;
                    case 2:
                        text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at - 1));
                        break;
                    default:
                        text.Insert(at, (char)random.Next(char.MaxValue + 1));
                        break;
                }
            }

            string seen = text.ToString();
            Bounded(() => Assert.InRange(corrector.Correct(seen).Alternatives.Count, 1, 3));
        }
    }

    [Fact]
    public void A_damaged_package_under_a_right_digest_is_read_or_refused()
    {
        byte[] options = Encoding.UTF8.GetBytes("""{"language_weight":1,"edit_penalty":1.5,"word_penalty":1,"beam_width":77,"threshold":9,"neural_weight":0.2,"alternatives":1}""");
        Dictionary<string, byte[]> tensors = [];
        using MemoryStream whole = new();
        new CorrectionPackage(Channel, Words, new CorrectionOptions()).Writer().WriteTo(whole);
        whole.Position = 0;
        using (TensorFile file = TensorFile.Read(whole, "whole", whole.Length))
        {
            foreach (string name in (string[])[ChannelModel.CopyTensor, ChannelModel.UnitTensor, ChannelModel.ProbabilityTensor, WordList.WordsTensor, WordList.CountsTensor])
                tensors.Add(name, file.Bytes(name).ToArray());
        }

        string[] names = [.. tensors.Keys];
        Random random = new(5);
        int read = 0, refused = 0;
        for (int i = 0; i < Count; i++)
        {
            int damaged = random.Next(-1, names.Length);
            string json = Encoding.Latin1.GetString(damaged < 0 ? HotWordMutation.Of(options, random) : options);
            Bounded(() =>
            {
                TensorFileWriter writer = new();
                writer.SetMetadata("correction", json);
                for (int k = 0; k < names.Length; k++)
                    Add(writer, names[k], k == damaged ? Damage(tensors[names[k]], random) : tensors[names[k]]);
                using MemoryStream stream = new();
                writer.WriteTo(stream);
                stream.Position = 0;
                try
                {
                    using TensorFile file = TensorFile.Read(stream, "fuzz", stream.Length);
                    CorrectionPackage package = CorrectionPackage.Read(file);
                    read++;
                    if (package.Options is { BeamWidth: <= 200, Threshold: <= 20 }) // Wider ones are allowed, and take what was asked for.
                        Assert.NotEmpty(new SpellingCorrector(package.Channel, package.Words, _model, package.Options).Correct(Text).Text);
                }
                catch (ModelFormatException)
                {
                    refused++;
                }
            });
        }

        Assert.True(read > 0);
        Assert.True(refused > 0);
    }

    [Fact]
    public void A_damaged_table_of_pairs_is_read_or_refused_by_line()
    {
        byte[] table = "wrong\tright\tsource\nfone\tphone\thand\n\nofthe\tof the\thand\nit's\tits\n"u8.ToArray();
        Random random = new(6);
        int read = 0, refused = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] bytes = HotWordMutation.Of(table, random);
            Bounded(() =>
            {
                try
                {
                    foreach (SpellingPair pair in SpellingPairs.Read(new StreamReader(new MemoryStream(bytes)), "pairs"))
                        Assert.InRange(SpellingPairs.Part(pair), 0, 9);
                    read++;
                }
                catch (InvalidDataException e)
                {
                    Assert.Contains("line ", e.Message, StringComparison.Ordinal);
                    refused++;
                }
            });
        }

        Assert.True(read > 0);
        Assert.True(refused > 0);
    }

    private static void Bounded(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        action();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, MostTime);
    }

    /// <summary>Bytes changed in place, so that the numbers are as many; now and then some fewer or more.</summary>
    private static byte[] Damage(byte[] bytes, Random random)
    {
        byte[] copy = [.. bytes];
        for (int n = random.Next(1, 5); n > 0; n--)
        {
            if (random.Next(2) == 0)
                copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
            else
                random.NextBytes(copy.AsSpan(random.Next(copy.Length / 4) * 4, Math.Min(4, copy.Length)));
        }

        return random.Next(8) > 0 ? copy : random.Next(2) == 0 ? copy[..(random.Next(copy.Length / 4) * 4)] : [.. copy, .. copy];
    }

    private static void Add(TensorFileWriter writer, string name, byte[] bytes)
    {
        if (name is WordList.WordsTensor or WordList.CountsTensor)
            writer.Add<byte>(name, [bytes.Length], bytes);
        else if (name == ChannelModel.UnitTensor)
            writer.Add<int>(name, [bytes.Length / 4], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(bytes).ToArray());
        else
            writer.Add<float>(name, [bytes.Length / 4], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }
}
