using DeepSpeechNet.Speech.Pages;

namespace DeepSpeechNet.Speech.Tests.Pages;

public sealed class AlignmentTests
{
    [Theory]
    [InlineData("a faced bee bag", "a faded bee", "a <span class=\"pair\"><del>faced</del> <ins>faded</ins></span> bee <del>bag</del>")]
    [InlineData("a", "a b", "a <ins>b</ins>")]
    [InlineData("", "", "")]
    [InlineData("<a>", "&", "<span class=\"pair\"><del>&lt;a&gt;</del> <ins>&amp;</ins></span>")]
    public void Both_sides_stand_in_one_line(string said, string recognised, string expected) => Assert.Equal(expected, Alignment.Html(said, recognised));
}
