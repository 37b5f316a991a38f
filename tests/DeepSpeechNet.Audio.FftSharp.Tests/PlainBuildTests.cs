namespace DeepSpeechNet.Audio.FftSharp.Tests;

/// <summary>A build without the package.</summary>
public sealed class PlainBuildTests
{
    [Fact]
    public void It_says_what_is_missing_and_what_to_do()
    {
        Assert.Equal("This build has no FftSharp: build with -p:OptionalPackages=true.", FftSharpPackage.Unavailable);
        Assert.Equal(FftSharpPackage.Unavailable, Assert.Throws<NotSupportedException>(() => FftSharpPackage.Create(512)).Message);
    }
}
