using DeepSpeechNet.Cli.Transcribing;

namespace DeepSpeechNet.Cli.Tests.Transcribing;

public sealed class OutputNamesTests
{
    [Fact]
    public void The_extension_takes_the_place_of_the_recordings_own() => Assert.Equal(
        ["/out/a.txt", "/out/deep/b.c.txt", "/out/stdin.txt"],
        Choose(new AudioInput("/in/a.wav", "a.wav"), new AudioInput("/in/deep/b.c.flac", "deep/b.c.flac"), new AudioInput("-", "stdin")));

    [Fact]
    public void Names_that_would_meet_keep_their_extension() => Assert.Equal(
        ["/out/a.wav.txt", "/out/A.flac.txt", "/out/b.txt"],
        Choose(new AudioInput("/in/a.wav", "a.wav"), new AudioInput("/in/A.flac", "A.flac"), new AudioInput("/in/b.wav", "b.wav")));

    [Fact]
    public void Names_that_still_meet_are_numbered() => Assert.Equal(
        ["/out/a.wav.txt", "/out/a.wav-2.txt", "/out/a.wav-3.txt"],
        Choose(new AudioInput("/x/a.wav", "a.wav"), new AudioInput("/y/a.wav", "a.wav"), new AudioInput("/z/a.wav", "a.wav")));

    [Fact]
    public void No_recording_is_overwritten() => Assert.Equal(["/out/a.txt.txt"], Choose(new AudioInput("/out/a.txt", "a.txt")));

    private static string[] Choose(params AudioInput[] inputs) => OutputNames.Choose(inputs, "/out", ".txt");
}
