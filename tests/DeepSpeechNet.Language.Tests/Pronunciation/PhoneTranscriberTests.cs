using DeepSpeechNet.Language.Pronunciation;

namespace DeepSpeechNet.Language.Tests.Pronunciation;

public sealed class PhoneTranscriberTests
{
    private const string Dictionary = """
        tea T IY1
        eat IY1 T
        eat(2) EH1 T
        cat K AE1 T # a comment
        """;

    [Fact]
    public void A_text_becomes_the_phones_of_its_words()
    {
        PhoneTranscriber phones = new(Read(Dictionary));
        Assert.Equal(["AE", "IY", "K", "T"], phones.Phones);
        Assert.Equal([2, 0, 3, 3, 1, 1, 3], phones.Transcribe("cat tea  eat ")!);
        Assert.Empty(phones.Transcribe("")!);
    }

    [Fact]
    public void A_word_that_the_dictionary_lacks_makes_the_text_unknown() =>
        Assert.Null(new PhoneTranscriber(Read(Dictionary)).Transcribe("the cat"));

    [Fact]
    public void Labels_do_not_hang_on_the_order_of_the_words()
    {
        PhoneTranscriber one = new(Read(Dictionary)), other = new(Read("cat K AE1 T\neat IY T\ntea T IY\n"));
        Assert.Equal(one.Phones, other.Phones);
        Assert.Equal(one.Transcribe("tea cat"), other.Transcribe("tea cat"));
    }

    [Fact]
    public void Words_of_a_second_dictionary_are_added_and_change_none_of_the_first()
    {
        Pronunciations dictionary = Read(Dictionary);
        dictionary.Add(new StringReader("eat EH T\nteak T IY K\n"), "more");
        PhoneTranscriber phones = new(dictionary);
        Assert.Equal(["AE", "IY", "K", "T"], phones.Phones);
        Assert.Equal([1, 3, 3, 1, 2], phones.Transcribe("eat teak")!);
    }

    [Fact]
    public void An_empty_dictionary_is_refused() => Assert.Throws<ArgumentException>(() => new PhoneTranscriber(new Pronunciations()));

    private static Pronunciations Read(string text) => Pronunciations.Read(new StringReader(text), "test");
}
