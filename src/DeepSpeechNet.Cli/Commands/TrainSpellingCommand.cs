using System.CommandLine;
using System.Runtime.InteropServices;
using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Cli.Commands;

/// <summary><c>dsn train spelling</c>: makes a spelling corrector from pairs, text and a pronouncing dictionary.</summary>
internal sealed class TrainSpellingCommand
{
    /// <summary>Every so many lines of text one is kept for tests.</summary>
    public const int HeldOut = 20;

    /// <summary>How often a word counts as seen that only the pronouncing dictionary has.</summary>
    private const double DictionaryCount = 0.3;

    /// <summary>Damage to learn from: more than is expected, so that the channel has seen enough of it.</summary>
    private static readonly SoundDamageOptions Strong = new() { WordRate = 0.5, Respelling = 0.35, Loss = 0.06, LostSpace = 0.15, AddedSpace = 0.08 };

    private static readonly ChannelTrainerOptions Defaults = new();
    private static readonly CorrectionOptions Weights = new();

    private readonly Option<string[]> _pairs = new("--pairs") { Description = "Tables of pairs with columns 'wrong' and 'right'.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<bool> _allPairs = new("--all-pairs") { Description = "Train on all pairs, those of the dev and test parts too." };
    private readonly Option<string[]> _text = new("--text") { Description = "Text, a sentence a line in lower case (plain or .gz): the words and their frequencies. Every twentieth line is left out, for tests.", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _pronunciations = new("--pronunciations") { Description = "A pronouncing dictionary like CMUdict (plain or .gz): further words, and pairs of text damaged by sound." };
    private readonly Option<int> _soundPairs = new("--sound-pairs") { Description = "How many pairs of text damaged by sound.", DefaultValueFactory = _ => 60_000 };
    private readonly Option<string?> _soundOut = new("--sound-test") { Description = "Write pairs of held-out lines damaged by sound, and of the lines as they are, into this file." };
    private readonly Option<int> _soundTest = new("--sound-test-lines") { Description = "How many held-out lines.", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _minimum = new("--minimum-count") { Description = "Leave out words seen less often in the text.", DefaultValueFactory = _ => 2 };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Rounds of expectation maximisation.", DefaultValueFactory = _ => Defaults.Rounds };
    private readonly Option<double> _discount = new("--discount") { Description = "Taken off the count of an edit for each letter beyond two.", DefaultValueFactory = _ => Defaults.Discount };
    private readonly Option<float> _weight = new("--language-weight") { Description = "The weight of the language model, kept in the package.", DefaultValueFactory = _ => Weights.LanguageWeight };
    private readonly Option<float> _penalty = new("--edit-penalty") { Description = "What each edit costs on top, kept in the package.", DefaultValueFactory = _ => Weights.EditPenalty };
    private readonly Option<float> _singleWeight = new("--single-weight") { Description = "The like of --language-weight for words that stand alone.", DefaultValueFactory = _ => Weights.SingleWordWeight };
    private readonly Option<float> _singlePenalty = new("--single-penalty") { Description = "The like of --edit-penalty for words that stand alone.", DefaultValueFactory = _ => Weights.SingleWordEditPenalty };
    private readonly Option<int> _seed = new("--seed") { Description = "Chooses every random draw.", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _out = new("--out") { Description = "Folder for the package.", Required = true };
    private readonly CommandConsole _console;

    private TrainSpellingCommand(CommandConsole console) => _console = console;

    public static Command Create(CommandConsole console)
    {
        TrainSpellingCommand self = new(console);
        Command command = new("spelling", "Make a spelling corrector: its channel from pairs of wrong and right texts, its words from text.")
        {
            self._pairs, self._allPairs, self._text, self._pronunciations, self._soundPairs, self._soundOut, self._soundTest, self._minimum, self._rounds, self._discount,
            self._weight, self._penalty, self._singleWeight, self._singlePenalty, self._seed, self._out,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => self.Run(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        CorrectionOptions options = new()
        {
            LanguageWeight = parsed.GetValue(_weight),
            EditPenalty = parsed.GetValue(_penalty),
            SingleWordWeight = parsed.GetValue(_singleWeight),
            SingleWordEditPenalty = parsed.GetValue(_singlePenalty),
        };
        ChannelTrainerOptions training = new() { Rounds = parsed.GetValue(_rounds), Discount = parsed.GetValue(_discount) };
        UsageException.Check(options.Validate);
        UsageException.Check(training.Validate);
        List<SpellingPair> pairs = [];
        foreach (string file in parsed.GetValue(_pairs) ?? [])
        {
            using StreamReader reader = TextArguments.Open(file, _console);
            pairs.AddRange(SpellingPairs.Read(reader, file).Where(p => parsed.GetValue(_allPairs) || SpellingPairs.Part(p) < 8));
        }

        Random random = new(parsed.GetValue(_seed));
        (Dictionary<string, double> counts, List<string> sample, List<string> held) = ReadText(parsed, random, cancellationToken);
        if (parsed.GetValue(_pronunciations) is { } dictionary)
            AddSound(parsed, dictionary, counts, sample, held, pairs, random);
        if (pairs.Count == 0)
            throw new UsageException("There is nothing to learn slips from: give --pairs, --pronunciations, or both.");
        ChannelTrainer trainer = new(training);
        ChannelModel channel = trainer.Train(pairs, new Rounds(_console), cancellationToken);
        CorrectionPackage package = new(channel, WordList.FromCounts(counts), options);
        package.Save(parsed.GetRequiredValue(_out));
        _console.Out.WriteLine($"{trainer.PairsUsed} pairs, {channel.EditCount} edits, {package.Words.Count} words, ln P {trainer.LogLikelihood:0}");
        return 0;
    }

    /// <summary>Counts words; keeps a sample of the lines to damage, and some of those left out.</summary>
    private (Dictionary<string, double> Counts, List<string> Sample, List<string> Held) ReadText(ParseResult parsed, Random random, CancellationToken cancellationToken)
    {
        Dictionary<string, double> counts = new(StringComparer.Ordinal);
        Dictionary<string, double>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        int wanted = parsed.GetValue(_soundPairs), tested = parsed.GetValue(_soundTest);
        List<string> sample = [], held = [];
        long trained = 0, kept = 0;
        using ProgressLine progress = new(_console, TimeProvider.System);
        foreach (string file in parsed.GetRequiredValue(_text))
        {
            using StreamReader reader = TextArguments.Open(file, _console);
            long number = 0;
            while (reader.ReadLine() is { } line)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (number++ % HeldOut == HeldOut - 1)
                {
                    Reservoir(held, line, tested, ++kept, random);
                    continue;
                }

                Reservoir(sample, line, wanted, ++trained, random);
                foreach (Range range in line.AsSpan().Split(' '))
                {
                    ReadOnlySpan<char> word = line.AsSpan(range);
                    if (word.Length > 0)
                        CollectionsMarshal.GetValueRefOrAddDefault(lookup, word, out _)++;
                }

                progress.Show(_ => $"{file}: {number} lines");
            }
        }

        int minimum = parsed.GetValue(_minimum);
        foreach ((string word, double count) in counts)
        {
            if (count < minimum)
                counts.Remove(word);
        }

        return (counts, sample, held);
    }

    private void AddSound(ParseResult parsed, string file, Dictionary<string, double> counts, List<string> sample, List<string> held, List<SpellingPair> pairs, Random random)
    {
        Pronunciations dictionary = TextArguments.Pronunciations([file], _console);
        string[] frequent = [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(30_000).Select(c => c.Key)];
        foreach (string word in dictionary.Words)
            counts.TryAdd(word, DictionaryCount);
        SoundDamage damage = new(dictionary, frequent), strong = new(dictionary, frequent, Strong);
        foreach (string line in sample)
        {
            string[] words = line.Split(' ');
            int length = Math.Min(words.Length, 6), at = random.Next(words.Length - length + 1);
            string right = string.Join(' ', words, at, length), wrong = strong.Damage(right, random);
            if (wrong != right)
                pairs.Add(new SpellingPair(wrong, right, "sound"));
        }

        if (parsed.GetValue(_soundOut) is not { } test)
            return;
        Engine.Checkpoints.AtomicFile.Write(test, stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true);
            writer.WriteLine("wrong\tright\tsource");
            foreach (string line in held)
            {
                writer.WriteLine($"{damage.Damage(line, random)}\t{line}\tdamaged");
                writer.WriteLine($"{line}\t{line}\tsound");
            }
        });
    }

    /// <summary>Keeps each of the items so far with the same chance (Vitter's algorithm R).</summary>
    private static void Reservoir(List<string> kept, string item, int wanted, long seen, Random random)
    {
        if (kept.Count < wanted)
            kept.Add(item);
        else if (random.NextInt64(seen) is var at && at < wanted)
            kept[(int)at] = item;
    }

    private sealed class Rounds(CommandConsole console) : IProgress<int>
    {
        public void Report(int value) => console.Line($"round {value} of expectation maximisation is done");
    }
}
