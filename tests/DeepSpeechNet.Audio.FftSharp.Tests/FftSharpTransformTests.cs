using DeepSpeechNet.Audio.Processing;
using DeepSpeechNet.Audio.Tests.Processing;

namespace DeepSpeechNet.Audio.FftSharp.Tests;

public sealed class FftSharpTransformTests : FourierTransformRules
{
    [Fact]
    public void The_package_is_there() => Assert.Null(FftSharpPackage.Unavailable);

    protected override IFourierTransform Create(int length) => FftSharpPackage.Create(length);
}
