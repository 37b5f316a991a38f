using DeepSpeechNet.Engine.Ilgpu.Machines;

namespace DeepSpeechNet.Engine.Ilgpu.Tests.Lanes;

/// <summary>
/// Groups that run side by side, so that they can wait for each other: exactly one lane of one group runs at any time, and a group hands the turn on when one of its lanes uses an atomic
/// operation. Who has it next is drawn by lot, the same lots in every run of a test: in turn, all would come before the first who asks is answered, and nobody would have to wait.
/// </summary>
internal sealed class GroupRing : IDisposable
{
    private readonly List<LaneTeam> _teams = [];
    private readonly List<LaneTeam> _running = [];
    private readonly Turn _over = new();
    private readonly Random _lots = new(1);

    /// <summary>Runs all groups to their end.</summary>
    public void Run(Action work, Extent groups, Extent lanes)
    {
        _running.Clear();
        for (int i = 0; i < groups.X * groups.Y * groups.Z; i++)
        {
            if (i == _teams.Count)
                _teams.Add(new LaneTeam(lanes.X * lanes.Y, this));
            _teams[i].Prepare(work, groups, new Extent(i % groups.X, i / groups.X % groups.Y, i / groups.X / groups.Y), lanes);
            _running.Add(_teams[i]);
        }

        LaneTeam[] all = [.. _running];
        ResumeOne();
        _over.Await();
        foreach (LaneTeam team in all)
        {
            if (team.Failure is { } failure)
                throw failure;
        }
    }

    /// <summary>Hands the turn to a group, which may be the one that has it.</summary>
    public void ResumeOne() => _running[_lots.Next(_running.Count)].Resume();

    /// <summary>Hands on the turn of a group that has come to its end.</summary>
    public void End(LaneTeam team)
    {
        _running.Remove(team);
        if (_running.Count == 0)
            _over.Give();
        else
            ResumeOne();
    }

    public void Dispose()
    {
        foreach (LaneTeam team in _teams)
            team.Dispose();
    }
}
