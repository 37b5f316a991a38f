using DeepSpeechNet.Language.Correction;
using DeepSpeechNet.Language.Metrics;
using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Tests.Correction;

public sealed class SoundDamageTests
{
    private const string Dictionary = """
        ;;; a comment
        phone F OW1 N
        fone F OW1 N
        graph G R AE1 F # names
        fit F IH1 T
        off AO1 F
        stone S T OW1 N
        bone B OW1 N
        note N OW1 T
        net N EH1 T
        ten T EH1 N
        ten(2) T IH1 N
        big B IH1 G
        """;

    private readonly Pronunciations _dictionary = Pronunciations.Read(new StringReader(Dictionary), "test");

    [Fact]
    public void Letters_go_to_the_sounds_they_stand_for()
    {
        SoundSpelling spelling = new(_dictionary, _dictionary.Words);

        Assert.Equal(["b", "i", "g"], spelling.Divide("big")!.Select(ChannelLetters.Text));
        Assert.Equal(["s", "t"], spelling.Divide("stone")!.Take(2).Select(ChannelLetters.Text));
        Assert.Null(spelling.Divide("unheard"));
    }

    [Fact]
    public void Same_seed_gives_the_same_damage_and_no_rate_none()
    {
        SoundDamage damage = new(_dictionary, _dictionary.Words, new SoundDamageOptions { WordRate = 1 });
        SoundDamage none = new(_dictionary, _dictionary.Words, new SoundDamageOptions { WordRate = 0 });
        const string Text = "phone ten big stone net unheard";

        Assert.Equal(damage.Damage(Text, new Random(3)), damage.Damage(Text, new Random(3)));
        Assert.NotEqual(Text, damage.Damage(Text, new Random(3)));
        Assert.Equal(Text, none.Damage(Text, new Random(3)));
    }

    [Fact]
    public void About_the_wanted_share_of_words_is_damaged()
    {
        SoundDamage damage = new(_dictionary, _dictionary.Words, new SoundDamageOptions { WordRate = 0.3, LostSpace = 0, AddedSpace = 0 });
        string text = string.Join(' ', Enumerable.Repeat("phone graph stone note big", 400));
        double rate = WordErrorRate.Compare(text, damage.Damage(text, new Random(1))).Rate;

        // A word that four draws leave as it is stays so.
        Assert.InRange(rate, 0.2, 0.33);
    }

    [Fact]
    public void Word_without_phones_is_a_fault_with_its_line()
    {
        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => Pronunciations.Read(new StringReader("a AH0\nb\n"), "words.dict"));
        Assert.Contains("words.dict: line 2", fault.Message, StringComparison.Ordinal);
    }
}
