using DeepSpeechNet.Server.Observing;

namespace DeepSpeechNet.Server.Tests.Observing;

public sealed class HealthTests
{
    [Fact]
    public void Several_faults_in_a_row_are_an_illness_and_one_success_is_health()
    {
        Health health = new();
        health.Failed();
        health.Failed();
        Assert.True(health.IsWell);
        health.Failed();
        Assert.False(health.IsWell);
        health.Succeeded();
        Assert.True(health.IsWell);
    }
}
