using System.Net;
using DeepSpeechNet.Server.Security;

namespace DeepSpeechNet.Server.Tests.Security;

public sealed class CallerRateTests
{
    [Fact]
    public void One_request_too_many_is_told_when_to_come_back()
    {
        using CallerRate rate = new(new ServerLimits { RequestsPerMinute = 3 });
        IPAddress address = IPAddress.Parse("192.0.2.1");
        for (int i = 0; i < 3; i++)
            rate.Count(address);
        RefusalException refusal = Assert.Throws<RefusalException>(() => rate.Count(address));
        Assert.Equal(429, refusal.Status);
        Assert.InRange(refusal.RetryAfterSeconds, 1, 60);
        rate.Count(IPAddress.Parse("192.0.2.2"));
    }

    [Fact]
    public void A_household_counts_as_one()
    {
        Assert.Equal(CallerRate.Network(IPAddress.Parse("2001:db8:1:2:3::4")), CallerRate.Network(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(CallerRate.Network(IPAddress.Parse("2001:db8:1:3::4")), CallerRate.Network(IPAddress.Parse("2001:db8:1:2::4")));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), CallerRate.Network(IPAddress.Parse("::ffff:192.0.2.1")));
    }

    [Fact]
    public async Task A_server_answers_the_one_too_many_with_429()
    {
        await using TestServer server = await TestServer.StartAsync(limits: new ServerLimits { RequestsPerMinute = 2 });
        await server.Http.GetAsync("/v1/models");
        await server.Http.GetAsync("/v1/models");
        HttpResponseMessage answer = await server.Http.GetAsync("/v1/models");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("rate_limit_error", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health")).StatusCode);
    }
}
