using DeepSpeechNet.Engine.Ilgpu.Machines;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;

/// <summary>Runs a kernel for all lanes of all groups, by teams of threads where lanes talk. It keeps the threads.</summary>
internal sealed class GroupRunner : IDisposable
{
    private readonly Dictionary<int, LaneTeam> _teams = [];
    private readonly Dictionary<int, GroupRing> _rings = [];

    /// <summary>Runs it.</summary>
    /// <param name="work">What a lane does; <see cref="Lane.Current"/> says which it is.</param>
    /// <param name="grid">How many groups.</param>
    /// <param name="group">How many lanes a group.</param>
    /// <param name="meet">Whether lanes of a group wait for each other.</param>
    /// <param name="sideBySide">Whether groups may wait for each other.</param>
    public void Run(Action work, Extent grid, Extent group, bool meet, bool sideBySide)
    {
        int size = group.X * group.Y;
        if (sideBySide)
        {
            if (!_rings.TryGetValue(size, out GroupRing? ring))
                _rings.Add(size, ring = new GroupRing());
            ring.Run(work, grid, group);
            return;
        }

        LaneTeam? team = null;
        if (meet && !_teams.TryGetValue(size, out team))
            _teams.Add(size, team = new LaneTeam(size));
        Lane alone = new(null, 0);
        alone.Enter();
        for (int i = 0; i < grid.X * grid.Y * grid.Z; i++)
        {
            Extent at = new(i % grid.X, i / grid.X % grid.Y, i / grid.X / grid.Y);
            if (team is not null)
            {
                team.RunGroup(work, grid, at, group);
                continue;
            }

            for (int lane = 0; lane < size; lane++)
            {
                alone.Place(grid, at, group, lane);
                work();
            }
        }
    }

    public void Dispose()
    {
        foreach (LaneTeam team in _teams.Values)
            team.Dispose();
        foreach (GroupRing ring in _rings.Values)
            ring.Dispose();
    }
}
