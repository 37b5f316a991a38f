using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Speech.Explain;

namespace DeepSpeechNet.Speech.Tests.Explain;

public sealed class SoundPictureTests
{
    [Fact]
    public void A_tone_is_bright_in_its_band_and_dark_elsewhere()
    {
        float[] samples = [.. Enumerable.Range(0, 16000).Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * 1000 * i / 16000)))];
        SoundPicture picture = SoundPicture.Of(samples, new FrontEndOptions { Deltas = 2 });
        Assert.Equal((80, 98), (picture.Bands, picture.Values.Length / 80));
        byte[] row = picture.Values[(50 * 80)..(51 * 80)];
        int brightest = Array.IndexOf(row, row.Max());
        Assert.InRange(picture.BandHertz[brightest], 930, 1070);
        Assert.Equal(255, row[brightest]);
        Assert.Equal(0, row[70]);
    }

    [Fact]
    public void Silence_and_nothing_are_pictures_too()
    {
        Assert.Empty(SoundPicture.Of([], new FrontEndOptions()).Values);
        Assert.Equal(98 * 80, SoundPicture.Of(new float[16000], new FrontEndOptions()).Values.Length);
    }
}
