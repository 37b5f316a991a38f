using DeepSpeechNet.Engine.Devices.Cpu;

namespace DeepSpeechNet.Engine.Tests.Devices.Cpu;

public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_member_does_its_part_once_and_shared_pieces_are_all_done(int size)
    {
        using WorkerTeam team = new(size);
        int[] done = new int[size], pieces = new int[20];
        for (int round = 1; round <= 500; round++)
        {
            team.Run(member => done[member]++);
            Assert.All(done, count => Assert.Equal(round, count));
            int next = 0;
            team.RunShared(_ =>
            {
                for (int i = Interlocked.Increment(ref next) - 1; i < pieces.Length; i = Interlocked.Increment(ref next) - 1)
                    pieces[i]++;
            });
            Assert.All(pieces, count => Assert.Equal(round, count));
            if (round % 100 == 0)
                Thread.Sleep(20);
        }
    }

    [Fact]
    public void A_shared_job_does_not_wait_for_a_member_that_has_not_come()
    {
        using WorkerTeam team = new(3);
        for (int round = 0; round < 200; round++)
        {
            int inside = 0;
            team.RunShared(_ =>
            {
                Interlocked.Increment(ref inside);
                Thread.SpinWait(round);
                Interlocked.Decrement(ref inside);
            });
            Assert.Equal(0, Volatile.Read(ref inside));
        }
    }

    [Fact]
    public void A_fault_on_any_member_reaches_the_caller_and_the_team_works_on()
    {
        using WorkerTeam team = new(3);
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => team.Run(member =>
        {
            if (member == 2)
                throw new FormatException("bad");
        }));
        Assert.IsType<FormatException>(thrown.InnerException);
        Assert.Throws<FormatException>(() => team.RunShared(member =>
        {
            if (member == 0)
                throw new FormatException("bad");
        }));
        int sum = 0;
        team.Run(member => Interlocked.Add(ref sum, member));
        Assert.Equal(3, sum);
    }
}
