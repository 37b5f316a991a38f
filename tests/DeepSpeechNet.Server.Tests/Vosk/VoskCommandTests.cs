using System.Net.WebSockets;
using System.Text;
using DeepSpeechNet.Server.Sockets;
using DeepSpeechNet.Server.Vosk;

namespace DeepSpeechNet.Server.Tests.Vosk;

public sealed class VoskCommandTests
{
    [Theory]
    [InlineData("""{"config": {"sample_rate": 8000}}""", 8000)]
    [InlineData("""{ "config" : { "sample_rate" : 44100.0 } }""", 44100)]
    [InlineData("""{"config":{"sample_rate":"16000"}}""", 16000)]
    public void The_rate_may_be_written_in_any_way_that_clients_do(string text, int expected)
    {
        VoskCommand command = Parse(text);
        Assert.Equal(VoskCommandKind.Config, command.Kind);
        Assert.Equal(expected, command.Settings.SampleRate);
    }

    [Fact]
    public void Settings_add_up()
    {
        VoskSettings settings = Parse("""{"config": {"words": 0, "max_alternatives": 3}}""").Settings;
        settings = VoskCommand.Parse("""{"config": {"phrase_list": ["one two", "three"]}}"""u8.ToArray(), settings, "m").Settings;
        Assert.False(settings.Words);
        Assert.Equal(3, settings.Alternatives);
        Assert.Equal(["one two", "three"], settings.Phrases);
        Assert.Equal(["four"], Parse("""{"config": {"phrase_list": "[\"four\"]"}}""").Settings.Phrases);
    }

    [Theory]
    [InlineData("""{"eof" : 1}""", nameof(VoskCommandKind.End))]
    [InlineData("""{"eof":1}""", nameof(VoskCommandKind.End))]
    [InlineData("""{ "eof" : true }""", nameof(VoskCommandKind.End))]
    [InlineData("""{"reset" : 1}""", nameof(VoskCommandKind.Reset))]
    public void Commands_are_known_in_any_spacing(string text, string expected) => Assert.Equal(expected, Parse(text).Kind.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("eof")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"eof" : 0}""")]
    [InlineData("""{"config": 3}""")]
    [InlineData("""{"config": {"sample_rate": 1e300}}""")]
    [InlineData("""{"config": {"sample_rate": -8000}}""")]
    [InlineData("""{"config": {"max_alternatives": 100000}}""")]
    [InlineData("""{"config": {"phrase_list": [1, 2]}}""")]
    [InlineData("""{"config": {"phrase_list": "not json"}}""")]
    [InlineData("""{"config": {"model": "/etc/passwd"}}""")]
    [InlineData("""{"config":{"a":[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]}}""")]
    public void What_makes_no_sense_ends_the_session_with_the_code_for_it(string text) =>
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, Assert.Throws<SocketEndException>(() => Parse(text)).Status);

    [Fact]
    public void The_one_model_may_be_named() => Assert.Equal(VoskCommandKind.Config, Parse("""{"config": {"model": "m"}}""").Kind);

    private static VoskCommand Parse(string text) => VoskCommand.Parse(Encoding.UTF8.GetBytes(text), new VoskSettings(), "m");
}
