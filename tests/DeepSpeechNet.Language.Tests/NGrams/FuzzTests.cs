using System.Diagnostics;
using System.Text;
using DeepSpeechNet.Engine.Checkpoints;
using DeepSpeechNet.Language.NGrams;

namespace DeepSpeechNet.Language.Tests.NGrams;

/// <summary>
/// Damaged files: each is read or refused with <see cref="ModelFormatException"/>, in bounded time and memory, and what was read can be asked
/// anything. A few thousand by default; <c>DSN_FUZZ=100000 dotnet test --filter FuzzTests</c> for a long run.
/// </summary>
public sealed class FuzzTests
{
    private const long MostBytes = 64 << 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);
    private static readonly string[] Pieces =
        ["\\data\\", "\\end\\", "\\2-grams:", "ngram 2=", "ngram 999999999=1", "=4294967296", "<unk>", "<s>", "</s>", "-99", "nan", "1e309", "-inf", "\t", "\n\n", " ", "\0", "9999999999999", "\u00ff"];

    private static readonly int[] Numbers = [-1, 0, 1, int.MaxValue, 1 << 24, int.MinValue, 64];

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("DSN_FUZZ"), out int count) ? count : 2000;

    [Fact]
    public void A_damaged_arpa_file_is_read_or_refused()
    {
        byte[][] seeds = [Encoding.UTF8.GetBytes(Arpa.Small), Encoding.UTF8.GetBytes(Arpa.Random(new Random(1), 4, 6, 40).Text)];
        Run(seeds, Encoding.UTF8.GetBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_binary_file_is_read_or_refused(bool quantise)
    {
        using NGramModel model = Arpa.Load(Arpa.Random(new Random(2), 3, 12, 100).Text), form = model.Compress(quantise);
        Run([form.AsBytes().ToArray()], piece => BitConverter.GetBytes(Numbers[piece.Length % Numbers.Length]));
    }

    private static void Run(byte[][] seeds, Func<string, byte[]> bytesOf)
    {
        Random random = new(7);
        int read = 0, refused = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] bytes = Mutate(random, seeds[random.Next(seeds.Length)], bytesOf);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                using NGramModel model = NGramModel.Read(new MemoryStream(bytes), "fuzz");
                read++;
                Ask(random, model);
                model.ToTables();
            }
            catch (ModelFormatException)
            {
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, MostTime);
        }

        Assert.True(read > 0);
        Assert.True(refused > 0);
    }

    private static void Ask(Random random, NGramModel model)
    {
        NGramState state = model.Begin;
        for (int i = 0; i < 50; i++)
        {
            float score = model.Score(state, random.Next(model.Vocabulary.Count), out state);
            Assert.False(float.IsNaN(score));
        }
    }

    private static byte[] Mutate(Random random, byte[] seed, Func<string, byte[]> bytesOf)
    {
        List<byte> bytes = [.. seed];
        for (int changes = random.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            // Headers are short, so half of the changes are near the beginning.
            int at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 100) : bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    byte[] piece = bytesOf(Pieces[random.Next(Pieces.Length)]);
                    for (int i = 0; i < piece.Length && at + i < bytes.Count; i++) bytes[at + i] = piece[i];
                    break;
                case 3:
                    bytes.InsertRange(at, bytesOf(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 30)));
                    break;
                default:
                    if (random.Next(4) == 0) bytes.RemoveRange(at, bytes.Count - at);
                    else bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, 60))));
                    break;
            }
        }

        return [.. bytes];
    }
}
