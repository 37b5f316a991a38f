using System.Text;
using System.Text.Json;

namespace DeepSpeechNet.Language.Tests;

public sealed class AlphabetTests
{
    [Fact]
    public void English_has_28_symbols_and_the_blank_is_the_29th_class()
    {
        Assert.Equal(28, Alphabet.English.Size);
        Assert.Equal(28, Alphabet.English.BlankIndex);
        Assert.Equal(29, Alphabet.English.ClassCount);
        Assert.Equal(0, Alphabet.English.SpaceIndex);
        Assert.Equal(new Rune('\''), Alphabet.English[27]);
    }

    [Fact]
    public void Text_survives_encoding_and_decoding()
    {
        const string Text = "it's a quick brown fox";
        int[] labels = Alphabet.English.Encode(Text);
        Assert.Equal([9, 20, 27, 19, 0], labels[..5]);
        Assert.Equal(Text, Alphabet.English.Decode(labels));
    }

    [Fact]
    public void A_symbol_is_a_scalar_value_not_a_UTF16_unit()
    {
        Alphabet alphabet = new("a𝄞é");
        Assert.Equal(3, alphabet.Size);
        Assert.Equal([1, 0, 2], alphabet.Encode("𝄞aé"));
        Assert.Equal("é𝄞", alphabet.Decode([2, 1]));
        Assert.Equal(-1, alphabet.SpaceIndex);
    }

    [Theory]
    [InlineData("café", "é")]
    [InlineData("Hello", "H")]
    [InlineData("a😀b", "😀")]
    public void An_unknown_symbol_is_named(string text, string offending)
    {
        Assert.False(Alphabet.English.TryEncode(text, out int[]? labels, out string? found));
        Assert.Null(labels);
        Assert.Equal(offending, found);
        UnknownSymbolException fault = Assert.Throws<UnknownSymbolException>(() => Alphabet.English.Encode(text));
        Assert.Equal(offending, fault.Symbol);
        Assert.Contains($"'{offending}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_unknown_and_no_crash() =>
        Assert.Throws<UnknownSymbolException>(() => Alphabet.English.Encode("ab\ud83d"));

    [Theory]
    [InlineData("")]
    [InlineData("aba")]
    [InlineData("a\ud83d")]
    public void Empty_doubled_or_broken_alphabets_are_refused(string symbols) =>
        Assert.Throws<ArgumentException>(() => new Alphabet(symbols));

    [Fact]
    public void The_blank_is_no_symbol() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Alphabet.English.Decode([Alphabet.English.BlankIndex]));

    [Fact]
    public void Json_holds_one_string()
    {
        string json = JsonSerializer.Serialize(new Alphabet("ab'"));
        Assert.Equal("ab'", JsonDocument.Parse(json).RootElement.GetString());
        Assert.Equal(new Alphabet("ab'"), JsonSerializer.Deserialize<Alphabet>(json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Alphabet>("\"aa\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Alphabet>("17"));
    }
}
