using System.Net;
using DeepSpeechNet.Server.Security;

namespace DeepSpeechNet.Server.Tests.Security;

public sealed class PausedCallersTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1"), Other = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void A_paused_address_is_told_when_to_come_back_and_others_are_not_touched()
    {
        Clock time = new();
        PausedCallers paused = new(TimeSpan.FromSeconds(5), time);
        paused.Check(One);
        paused.Pause(One);
        time.Seconds += 1.5;
        Assert.Equal(4, Assert.Throws<RefusalException>(() => paused.Check(One)).RetryAfterSeconds);
        paused.Check(Other);
        paused.Pause(Other);
        time.Seconds += 3.5;
        paused.Check(One);
        Assert.Throws<RefusalException>(() => paused.Check(Other));
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(1000 * Seconds);
    }
}
