using System.Runtime.CompilerServices;

namespace ILGPU;

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

    public int GroupX { get; private set; }

    public int GroupY { get; private set; }

    public int GroupZ { get; private set; }

    public int X { get; private set; }

    public int Y { get; private set; }

    public int SizeX { get; private set; }

    public int SizeY { get; private set; }

    /// <summary>Makes this the lane of the thread.</summary>
    public void Enter() => _current = this;

    public void Place(int groupX, int groupY, int groupZ, int x, int y, int sizeX, int sizeY)
    {
        (GroupX, GroupY, GroupZ, X, Y, SizeX, SizeY) = (groupX, groupY, groupZ, x, y, sizeX, sizeY);
        _requests = 0;
    }

    /// <summary>Waits until all lanes of the group have come here.</summary>
    public void Meet() => Team.Meet(_number);

    public ArrayView<T> Share<T>(int extent)
        where T : unmanaged => new(Team.Shared(_requests++, extent * Unsafe.SizeOf<T>()), 0, extent);

    private LaneTeam Team => _team ?? throw new InvalidOperationException("The lanes of this kernel talk, but it is not marked as one whose lanes meet at barriers.");
}
