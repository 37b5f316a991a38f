namespace DeepSpeechNet.Server;

/// <summary>What callers of a <see cref="SpeechServer"/> may use at most. What goes beyond is refused, with a sentence that names the limit.</summary>
public sealed record ServerLimits
{
    /// <summary>The most bytes of an upload.</summary>
    public long UploadBytes { get; init; } = 100L << 20;

    /// <summary>The longest recording of an upload.</summary>
    public TimeSpan UploadDuration { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Uploads that are recognised at the same time.</summary>
    public int ConcurrentRequests { get; init; } = 8;

    /// <summary>Uploads that wait for one of those to end; more are turned away.</summary>
    public int WaitingRequests { get; init; } = 32;

    /// <summary>Connections of all kinds.</summary>
    public int Connections { get; init; } = 512;

    /// <summary>Connections of one address.</summary>
    public int ConnectionsPerAddress { get; init; } = 256;

    /// <summary>WebSocket sessions of all callers.</summary>
    public int Sessions { get; init; } = 64;

    /// <summary>WebSocket sessions of one address.</summary>
    public int SessionsPerAddress { get; init; } = 32;

    /// <summary>Requests and new sessions of one address a minute.</summary>
    public int RequestsPerMinute { get; init; } = 600;

    /// <summary>How long a WebSocket may go without a whole message, or take to accept an answer.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a WebSocket session may last.</summary>
    public TimeSpan SessionTime { get; init; } = TimeSpan.FromHours(4);

    /// <summary>The most bytes of a WebSocket message.</summary>
    public int MessageBytes { get; init; } = 1 << 20;

    /// <summary>WebSocket messages a second of one session.</summary>
    public int MessagesPerSecond { get; init; } = 1000;

    /// <summary>How long an address may open no WebSocket after one of its sessions sent more than that.</summary>
    public TimeSpan FloodPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a server that is told to stop lets sessions deliver their final texts.</summary>
    public TimeSpan ShutdownTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Checks the limits.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it.</exception>
    public void Validate()
    {
        Check(nameof(UploadBytes), UploadBytes, 1024, 1L << 40);
        Check(nameof(ConcurrentRequests), ConcurrentRequests, 1, 10_000);
        Check(nameof(WaitingRequests), WaitingRequests, 0, 100_000);
        Check(nameof(Connections), Connections, 1, 1_000_000);
        Check(nameof(ConnectionsPerAddress), ConnectionsPerAddress, 1, 1_000_000);
        Check(nameof(Sessions), Sessions, 0, 100_000);
        Check(nameof(SessionsPerAddress), SessionsPerAddress, 0, 100_000);
        Check(nameof(RequestsPerMinute), RequestsPerMinute, 1, 10_000_000);
        Check(nameof(MessageBytes), MessageBytes, 256, 64 << 20);
        Check(nameof(MessagesPerSecond), MessagesPerSecond, 1, 1_000_000);
        Check(nameof(UploadDuration), UploadDuration, TimeSpan.FromDays(7));
        Check(nameof(IdleTime), IdleTime, TimeSpan.FromDays(1));
        Check(nameof(FloodPause), FloodPause, TimeSpan.FromDays(1));
        Check(nameof(SessionTime), SessionTime, TimeSpan.FromDays(365));
        Check(nameof(ShutdownTime), ShutdownTime, TimeSpan.FromHours(1));
    }

    private static void Check(string name, long value, long lowest, long highest)
    {
        if (value < lowest || value > highest)
            throw new ArgumentException($"{name} is {value}; it must be {lowest} to {highest}.");
    }

    private static void Check(string name, TimeSpan value, TimeSpan longest)
    {
        if (value < TimeSpan.FromMilliseconds(100) || value > longest)
            throw new ArgumentException($"{name} is {value}; it must be 0.1 s to {longest}.");
    }
}
