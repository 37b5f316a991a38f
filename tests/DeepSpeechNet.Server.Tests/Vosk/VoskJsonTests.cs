using System.Text;
using DeepSpeechNet.Server.Vosk;
using DeepSpeechNet.Speech.Recognition;

namespace DeepSpeechNet.Server.Tests.Vosk;

public sealed class VoskJsonTests
{
    private static readonly TranscriptUpdate Utterance = new(
        UpdateKind.Final,
        0,
        TimeSpan.Zero,
        TimeSpan.FromSeconds(2),
        "what zero",
        [
            new TranscriptWord("what", TimeSpan.FromSeconds(0.87), TimeSpan.FromSeconds(1.11), 1),
            new TranscriptWord("zero", TimeSpan.FromSeconds(1.11), TimeSpan.FromSeconds(1.53), 0.5),
        ],
        [new TranscriptAlternative("what zero", -1, 0.75), new TranscriptAlternative("hot zero", -2, 0.25)]);

    [Fact]
    public void A_partial_text_is_written_as_Vosk_writes_it() => Expect("{\n  \"partial\" : \"what zero\"\n}", VoskJson.Partial("what zero"));

    [Fact]
    public void A_result_lists_its_words_in_the_order_of_their_keys() => Expect(
        """
        {
          "result" : [{
              "conf" : 1.000000,
              "end" : 1.110000,
              "start" : 0.870000,
              "word" : "what"
            }, {
              "conf" : 0.500000,
              "end" : 1.530000,
              "start" : 1.110000,
              "word" : "zero"
            }],
          "text" : "what zero"
        }
        """,
        VoskJson.Result([Utterance], new VoskSettings()));

    [Fact]
    public void Without_words_a_result_is_its_text()
    {
        Expect("{\n  \"text\" : \"what zero\"\n}", VoskJson.Result([Utterance], new VoskSettings { Words = false }));
        Expect("{\n  \"text\" : \"\"\n}", VoskJson.Result([], new VoskSettings()));
    }

    [Fact]
    public void Alternatives_have_a_form_of_their_own() => Expect(
        """
        {
          "alternatives" : [{
              "confidence" : 0.750000,
              "result" : [{
                  "end" : 1.110000,
                  "start" : 0.870000,
                  "word" : "what"
                }, {
                  "end" : 1.530000,
                  "start" : 1.110000,
                  "word" : "zero"
                }],
              "text" : "what zero"
            }, {
              "confidence" : 0.250000,
              "text" : "hot zero"
            }]
        }
        """,
        VoskJson.Result([Utterance], new VoskSettings { Alternatives = 2 }));

    [Fact]
    public void Several_utterances_are_one_result()
    {
        string json = Encoding.UTF8.GetString(VoskJson.Result([Utterance, Utterance], new VoskSettings { Words = false }));
        Assert.Contains("\"what zero what zero\"", json, StringComparison.Ordinal);
    }

    private static void Expect(string expected, byte[] json) => Assert.Equal(expected.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(json));
}
