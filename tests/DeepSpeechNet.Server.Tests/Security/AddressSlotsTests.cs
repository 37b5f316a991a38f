using System.Net;
using System.Net.Sockets;
using DeepSpeechNet.Server.Security;

namespace DeepSpeechNet.Server.Tests.Security;

public sealed class AddressSlotsTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1"), Other = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void One_address_cannot_take_everything()
    {
        AddressSlots slots = new(most: 3, mostOfOne: 2);
        IDisposable? first = slots.TryTake(One);
        Assert.NotNull(first);
        Assert.NotNull(slots.TryTake(One));
        Assert.Null(slots.TryTake(One));
        Assert.NotNull(slots.TryTake(Other));
        Assert.Null(slots.TryTake(Other));
        Assert.Equal(3, slots.Count);
    }

    [Fact]
    public void A_place_is_given_back_once()
    {
        AddressSlots slots = new(most: 1, mostOfOne: 1);
        IDisposable? place = slots.TryTake(One);
        place!.Dispose();
        place.Dispose();
        Assert.Equal(0, slots.Count);
        Assert.NotNull(slots.TryTake(Other));
    }

    [Fact]
    public void A_household_counts_as_one()
    {
        AddressSlots slots = new(most: 5, mostOfOne: 1);
        Assert.NotNull(slots.TryTake(IPAddress.Parse("2001:db8:1:2:3::4")));
        Assert.Null(slots.TryTake(IPAddress.Parse("2001:db8:1:2:ffff::9")));
    }

    [Fact]
    public async Task Connections_of_an_address_beyond_its_share_are_closed_and_others_are_served()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using TestServer server = await TestServer.StartAsync(limits: new ServerLimits { Connections = 4, ConnectionsPerAddress = 2 });
        List<TcpClient> clients = [];
        try
        {
            // Linux answers on all of 127.0.0.0/8: another address of this machine is another caller.
            for (int i = 0; i < 5; i++)
                clients.Add(new TcpClient(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0)));
            Task<int>[] reads = [.. clients.Select(c => ReadAsync(c, server.Server.Addresses[0].Port))];
            while (reads.Count(r => r.IsCompleted) < 3)
                await Task.WhenAny(reads.Where(r => !r.IsCompleted));
            Assert.Equal(2, reads.Count(r => !r.IsCompleted));
            Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health")).StatusCode);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    /// <summary>Connects and waits for the server, which says nothing, to close; it may have done so before the connection is seen to be one.</summary>
    private static async Task<int> ReadAsync(TcpClient client, int port)
    {
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return await client.GetStream().ReadAsync(new byte[1]);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return 0;
        }
    }
}
