using DeepSpeechNet.Language.Correction;

namespace DeepSpeechNet.Language.Tests.Correction;

public sealed class ChannelTrainerTests
{
    private static readonly ChannelTrainerOptions Options = new() { Rounds = 8 };

    [Fact]
    public void Learnt_confusion_is_likelier_than_one_never_seen()
    {
        ChannelModel channel = new ChannelTrainer(Options).Train(Confusions());

        Assert.True(channel.LogProbability("phantom", "fantom") > channel.LogProbability("phantom", "qhantom") + 2);
        Assert.True(channel.LogProbability("minister", "miniter") > channel.LogProbability("minister", "minsiter") + 1);
    }

    [Fact]
    public void Edit_depends_on_the_letters_around_it()
    {
        ChannelModel channel = new ChannelTrainer(Options).Train(Confusions());

        // ph became f in the pairs; a p before another letter never did.
        Assert.True(channel.LogProbability("alpha", "alfa") > channel.LogProbability("alpine", "alfine") + 1);
    }

    [Fact]
    public void Any_single_slip_is_possible()
    {
        ChannelModel channel = new ChannelTrainer(Options).Train(Confusions());

        foreach (string slip in new[] { "wrd", "worrd", "wqrd", "wrod", "w ord", "or d", "ord", "word's" })
            Assert.True(double.IsFinite(channel.LogProbability("word", slip)), slip);
    }

    [Fact]
    public void Likelihood_rises_from_round_to_round()
    {
        double before = double.NegativeInfinity;
        foreach (int rounds in new[] { 2, 3, 5, 8 })
        {
            // Without a discount, and with hardly any smoothing, each round is plain expectation maximisation.
            ChannelTrainer trainer = new(new ChannelTrainerOptions { Rounds = rounds, Discount = 0, Smoothing = 1e-6, LeastProbability = 0 });
            trainer.Train(Confusions());
            Assert.True(trainer.LogLikelihood >= before - 1e-6, $"{rounds} rounds: {trainer.LogLikelihood} after {before}");
            before = trainer.LogLikelihood;
        }
    }

    [Fact]
    public void Probability_is_the_sum_over_all_ways_of_cutting()
    {
        ChannelModel channel = new ChannelTrainer(Options).Train(Confusions());

        Assert.Equal(Math.Log(BruteForce(channel, " ship ", " sip ", 0, 0)), channel.LogProbability("ship", "sip"), 4);
        Assert.Equal(Math.Log(BruteForce(channel, " a cat ", " acat ", 0, 0)), channel.LogProbability("a cat", "acat"), 4);
    }

    [Fact]
    public void Pairs_of_other_letters_alone_are_a_fault()
    {
        ArgumentException fault = Assert.Throws<ArgumentException>(() => new ChannelTrainer(Options).Train([new SpellingPair("12", "21")]));
        Assert.Contains("no pair", fault.Message, StringComparison.Ordinal);
    }

    internal static List<SpellingPair> Confusions()
    {
        string[] words = ["phone", "graph", "photo", "elephant", "minister", "monster", "sister", "sheep", "ship", "letter", "boston", "listen", "are there", "of the"];
        string[] wrong = ["fone", "graf", "foto", "elefant", "miniter", "monter", "siter", "seep", "sip", "leter", "bostin", "lisen", "arther", "ofthe"];
        return [.. words.Zip(wrong, (right, w) => new SpellingPair(w, right))];
    }

    private static double BruteForce(ChannelModel channel, string meant, string seen, int i, int j)
    {
        if (i == meant.Length || j == seen.Length)
            return i == meant.Length && j == seen.Length ? 1 : 0;
        double sum = meant[i] == seen[j] ? Math.Exp(channel.Copy[ChannelLetters.Code(meant[i])]) * BruteForce(channel, meant, seen, i + 1, j + 1) : 0;
        foreach (EditUnit unit in channel.Units)
        {
            string from = ChannelLetters.Text(unit.Meant), to = ChannelLetters.Text(unit.Seen);
            if (meant.AsSpan(i).StartsWith(from, StringComparison.Ordinal) && seen.AsSpan(j).StartsWith(to, StringComparison.Ordinal))
                sum += Math.Exp(unit.LogProbability) * BruteForce(channel, meant, seen, i + from.Length, j + to.Length);
        }

        return sum;
    }
}
