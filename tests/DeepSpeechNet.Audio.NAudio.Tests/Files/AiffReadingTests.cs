using DeepSpeechNet.Audio.Files;
using DeepSpeechNet.Audio.NAudio.Files;
using DeepSpeechNet.Audio.Tests.Files;

namespace DeepSpeechNet.Audio.NAudio.Tests.Files;

/// <summary>AIFF files through NAudio, by the rules that hold for libsndfile.</summary>
public sealed class AiffReadingTests
{
    // Without libsndfile, so that what it cannot read falls to NAudio.
    private static readonly AudioReadOptions Options = new() { Decoders = [new NAudioDecoder(windows: false)], AllowLibSndFile = false };

    [Fact]
    public void Every_width_is_read() => AiffRules.EveryWidthIsRead(Options);

    [Fact]
    public void A_cut_file_gives_what_is_there() => AiffRules.ACutFileGivesWhatIsThere(Options);

    [Fact]
    public void A_pipe_gives_the_same_samples()
    {
        byte[] file = AiffRules.Make(16, 2, 8000, [0.5f, -0.5f, 0.25f, -0.25f]);
        Assert.Equal([0.5f, -0.5f, 0.25f, -0.25f], AudioReading.ReadAll(file, Options).Samples);
    }

    [Fact]
    public void Altered_files_give_samples_or_one_kind_of_exception()
    {
        byte[] file = AiffRules.Make(16, 2, 8000, new float[40]);
        foreach (byte[] altered in HostileContent.Alterations(file, file.Length - 80))
            HostileContent.Read(altered, Options);
    }
}
