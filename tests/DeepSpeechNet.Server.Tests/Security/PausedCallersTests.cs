using System.Net;
using DeepSpeechNet.Server.Security;
using DeepSpeechNet.Testing;

namespace DeepSpeechNet.Server.Tests.Security;

public sealed class PausedCallersTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1"), Other = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void A_paused_address_is_told_when_to_come_back_and_others_are_not_touched()
    {
        ManualClock time = new();
        PausedCallers paused = new(TimeSpan.FromSeconds(5), time);
        paused.Check(One);
        paused.Pause(One);
        time.Now += TimeSpan.FromSeconds(1.5);
        Assert.Equal(4, Assert.Throws<RefusalException>(() => paused.Check(One)).RetryAfterSeconds);
        paused.Check(Other);
        paused.Pause(Other);
        time.Now += TimeSpan.FromSeconds(3.5);
        paused.Check(One);
        Assert.Throws<RefusalException>(() => paused.Check(Other));
    }
}
