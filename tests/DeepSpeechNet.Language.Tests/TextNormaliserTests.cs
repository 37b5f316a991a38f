namespace DeepSpeechNet.Language.Tests;

public sealed class TextNormaliserTests
{
    private static readonly TextNormaliser English = new(Alphabet.English);

    [Theory]
    [InlineData("Hello, World!", "hello world")]
    [InlineData("  two\t lines\r\nhere ", "two lines here")]
    [InlineData("It’s Peter`s", "it's peter's")]
    [InlineData("twenty-one — or so…", "twenty one or so")]
    [InlineData("he said 'stop' and \"go\"", "he said stop and go")]
    [InlineData("'tis the dogs' bone ' here", "'tis the dogs' bone here")]
    [InlineData("Café Ærø, straße", "cafe aero strasse")]
    [InlineData("cafe\u0301", "cafe")]
    [InlineData("soft\u00ADhyphen zero\u200Bwidth", "softhyphen zerowidth")]
    [InlineData("", "")]
    [InlineData("?!", "")]
    public void Written_text_becomes_plain_words(string text, string expected)
    {
        NormalisedText result = English.Normalise(text);
        Assert.Equal(expected, result.Text);
        Assert.Empty(result.Unmapped);
        Assert.Equal(expected, English.Normalise(result.Text).Text);
    }

    [Fact]
    public void What_cannot_be_mapped_is_reported_once_in_order()
    {
        NormalisedText result = English.Normalise("50% of 5 & Жук 😀");
        Assert.Equal("of", result.Text);
        Assert.Equal(["5", "0", "%", "&", "Ж", "у", "к", "😀"], result.Unmapped);
        Assert.False(result.IsComplete);
    }

    [Fact]
    public void Symbols_of_the_alphabet_are_kept_even_if_they_are_punctuation_or_accented()
    {
        TextNormaliser normaliser = new(new Alphabet(" abcdé-."));
        Assert.Equal("dé-c.", normaliser.Normalise("Dé-c.").Text);
        Assert.Equal(["e"], normaliser.Normalise("be").Unmapped);
    }

    [Fact]
    public void Without_an_apostrophe_in_the_alphabet_contractions_stay_one_word() =>
        Assert.Equal("dont", new TextNormaliser(new Alphabet(" dont")).Normalise("Don’t").Text);

    [Fact]
    public void Without_a_space_in_the_alphabet_words_join() =>
        Assert.Equal("abab", new TextNormaliser(new Alphabet("ab")).Normalise("ab, ab").Text);

    [Fact]
    public void Each_option_can_be_turned_off()
    {
        Assert.Equal(["H"], new TextNormaliser(Alphabet.English, new() { LowerCase = false }).Normalise("Hi").Unmapped);
        Assert.Equal(["’"], new TextNormaliser(Alphabet.English, new() { MapApostrophes = false, StripPunctuation = false }).Normalise("it’s").Unmapped);
        Assert.Equal(["é"], new TextNormaliser(Alphabet.English, new() { FoldDiacritics = false }).Normalise("é").Unmapped);
        Assert.Equal([","], new TextNormaliser(Alphabet.English, new() { StripPunctuation = false }).Normalise("a,b").Unmapped);
    }

    [Fact]
    public void The_result_can_always_be_encoded()
    {
        Random random = new(7);
        for (int i = 0; i < 2000; i++)
        {
            char[] text = new char[random.Next(20)];
            for (int c = 0; c < text.Length; c++) text[c] = (char)(random.Next(3) == 0 ? random.Next(0x10000) : random.Next(0x250));
            Assert.True(Alphabet.English.TryEncode(English.Normalise(new string(text)).Text, out _, out _));
        }
    }
}
