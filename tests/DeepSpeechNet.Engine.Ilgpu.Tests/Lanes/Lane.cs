using DeepSpeechNet.Engine.Ilgpu.Machines;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;

/// <summary>One lane while it runs: its place, and how it meets the others.</summary>
internal sealed class Lane
{
    [ThreadStatic]
    private static Lane? _current;

    private readonly LaneTeam? _team;
    private readonly int _number;
    private int _requests;

    public Lane(LaneTeam? team, int number)
    {
        _team = team;
        _number = number;
    }

    /// <summary>The lane of this thread.</summary>
    public static Lane Current => _current ?? throw new InvalidOperationException("No kernel is running.");

    /// <summary>How many groups there are.</summary>
    public Extent Groups { get; private set; }

    /// <summary>The place of this lane's group among them.</summary>
    public Extent Group { get; private set; }

    /// <summary>How many lanes a group has.</summary>
    public Extent Lanes { get; private set; }

    public int X { get; private set; }

    public int Y { get; private set; }

    /// <summary>Makes this the lane of the thread.</summary>
    public void Enter() => _current = this;

    /// <summary>Puts it into a group; which of its lanes it is, its number says.</summary>
    public void Place(Extent groups, Extent group, Extent lanes, int number)
    {
        (Groups, Group, Lanes) = (groups, group, lanes);
        (X, Y) = (number % lanes.X, number / lanes.X);
        _requests = 0;
    }

    /// <summary>Waits until all lanes of the group have come here.</summary>
    public void Meet() => Team.Meet(_number);

    /// <summary>Lets other groups run, where groups run side by side.</summary>
    public void Yield() => _team?.Yield(_number);

    /// <summary>Memory that the lanes of a group share: each lane's n-th request gets the same piece, which holds NaN at first.</summary>
    public byte[] Share(int bytes) => Team.Shared(_requests++, bytes);

    private LaneTeam Team => _team ?? throw new InvalidOperationException("The lanes of this kernel talk, but it is not marked as one whose lanes meet at barriers.");
}
