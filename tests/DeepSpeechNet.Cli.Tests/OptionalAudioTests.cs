using DeepSpeechNet.Audio.FftSharp;
using DeepSpeechNet.Audio.Processing;

namespace DeepSpeechNet.Cli.Tests;

/// <summary>What the optional packages add, in a build with them and in one without.</summary>
public sealed class OptionalAudioTests : IDisposable
{
    private readonly CommandLine _dsn = new();

    public OptionalAudioTests()
    {
        ToneSpeech.SaveModel(_dsn["model"]);
        ToneSpeech.SaveWav(_dsn["in/good.wav"], "bad cab");
    }

    public void Dispose() => _dsn.Dispose();

    [Fact]
    public async Task FftSharp_gives_the_same_text_or_is_said_to_be_missing()
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "--fourier", "fftsharp", "@/in/good.wav");
        if (FftSharpPackage.Unavailable is null)
            run.Expect(0, "bad cab\n", "");
        else
            run.Expect(DsnCommand.WrongUsage, "", "dsn: This build has no FftSharp: build with -p:OptionalPackages=true.\n");
    }

    [Fact]
    public async Task The_built_in_transform_can_be_named()
    {
        CommandLine.Run run = await _dsn.RunAsync("transcribe", "--model", "@/model", "--fourier", "built-in", "@/in/good.wav");
        run.Expect(0, "bad cab\n", "");
        Assert.Null(OptionalAudio.Fourier(null));
    }

    [Fact]
    public void The_transform_that_is_asked_for_is_the_one_that_is_used()
    {
        if (FftSharpPackage.Unavailable is not null)
        {
            Assert.Throws<UsageException>(() => OptionalAudio.Fourier("fftsharp"));
            return;
        }

        Func<int, IFourierTransform>? make = OptionalAudio.Fourier("fftsharp");
        Assert.NotNull(make);
        Assert.Equal("FftSharpTransform", make(512).GetType().Name);
    }

    [Fact]
    public void Sound_is_captured_the_way_of_this_system() =>
        Assert.Equal(OperatingSystem.IsWindows() ? "NAudioMicrophones" : "AlsaMicrophones", OptionalAudio.Microphones.GetType().Name);
}
